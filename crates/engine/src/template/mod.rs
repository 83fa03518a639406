//! The `${…}` language of provider definitions.
//!
//! A template is parsed once into text, names and function calls, and then rendered against a [`Scope`]. Values
//! are put in as they are: text that came from a value is never read as a template again, so what a user or a
//! provider supplies can name nothing. Nothing here asks for the time or a random number: both come with the
//! [`RenderContext`], which is why several headers and a signature of one request agree on them.
//!
//! - [`Template::render`] gives text and says whether every placeholder resolved.
//! - [`Template::render_url`] gives a URL whose host no value can bend ([`url`]).
//! - [`json::interpolate`] walks JSON values.

pub mod json;
pub mod key;
pub mod url;

mod call;
mod moment;
mod parse;
mod scope;

use bowline_domain::Timestamp;
use uuid::Uuid;

pub use call::AwsArguments;
pub use scope::{RequestVariables, Scope, lookup};
pub use url::{UrlTemplateError, UrlValues};

use parse::Node;

/// What `${now…}` and `${random}` mean for one request.
#[derive(Debug, Clone, Copy)]
pub struct RenderContext {
    /// The moment of the request.
    pub now: Timestamp,
    /// The request's random number.
    pub random: Uuid,
}

/// Which of the two dialects a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `a || b` stands for b where a does not resolve: URLs, parameters, everything the proxy uses.
    Object,
    /// `||` is plain text: bodies and headers of TWO_STEP and JWT.
    Text,
}

/// A parsed template.
#[derive(Debug)]
pub struct Template<'a> {
    alternatives: Vec<Vec<Node<'a>>>,
}

/// What became of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text; placeholders without a value stand in it as written.
    pub text: String,
    /// Whether every placeholder had a value.
    pub is_resolved: bool,
}

impl<'a> Template<'a> {
    /// Parses a template. Every text is one: what is no placeholder is text.
    pub fn parse(source: &'a str, form: Form) -> Self {
        let nodes = parse::parse(source);
        let alternatives = match form {
            Form::Object => parse::split_alternatives(nodes),
            Form::Text => vec![nodes],
        };
        Self { alternatives }
    }

    /// Puts the values in; of two alternatives the first that resolves, else the last.
    pub fn render(&self, scope: &Scope<'_>) -> Rendered {
        let mut rendered = Rendered { text: String::new(), is_resolved: true };
        for nodes in &self.alternatives {
            rendered = render_nodes(nodes, scope);
            if rendered.is_resolved {
                break;
            }
        }
        rendered
    }

    /// Every name it asks for, function arguments included, and the names of the functions.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for nodes in &self.alternatives {
            collect_names(nodes, &mut names);
        }
        names
    }
}

/// Parses and renders in one go.
pub fn render(source: &str, form: Form, scope: &Scope<'_>) -> Rendered {
    let is_template = source.contains("${") || form == Form::Object && source.contains("||");
    if !is_template {
        return Rendered { text: source.to_owned(), is_resolved: true };
    }
    Template::parse(source, form).render(scope)
}

fn render_nodes(nodes: &[Node<'_>], scope: &Scope<'_>) -> Rendered {
    let mut rendered = Rendered { text: String::new(), is_resolved: true };
    for node in nodes {
        match render_node(node, scope) {
            Some(text) => rendered.text.push_str(&text),
            None => {
                rendered.text.push_str(node.source());
                rendered.is_resolved = false;
            }
        }
    }
    rendered
}

/// The text of one node, if it resolves. The recursion is as deep as [`parse::DEPTH_MAX`] at most.
fn render_node<'n>(node: &Node<'n>, scope: &'n Scope<'_>) -> Option<std::borrow::Cow<'n, str>> {
    match node {
        Node::Text(text) => Some((*text).into()),
        Node::Name { name, .. } => scope.find(name),
        Node::Call { function, arguments, .. } => {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments {
                let value = render_nodes(argument, scope);
                if !value.is_resolved {
                    return None;
                }
                values.push(value.text);
            }
            call::call(*function, &values, scope).map(Into::into)
        }
    }
}

fn collect_names<'a>(nodes: &[Node<'a>], names: &mut Vec<&'a str>) {
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Name { name, .. } => names.push(name),
            Node::Call { function, arguments, .. } => {
                names.push(function.name());
                arguments.iter().for_each(|argument| collect_names(argument, names));
            }
        }
    }
}

#[cfg(test)]
mod tests;
