//! From text to nodes, in one pass and with an explicit stack.

/// Functions may be nested this deep; what is deeper stays text.
pub(super) const DEPTH_MAX: usize = 8;

/// A piece of a template.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    /// Text as written.
    Text(&'a str),
    /// `${name}`
    Name { name: &'a str, source: &'a str },
    /// `${function(…)}`
    Call { function: Function, arguments: Vec<Vec<Node<'a>>>, source: &'a str },
}

impl<'a> Node<'a> {
    /// What the template's author wrote.
    pub(super) fn source(&self) -> &'a str {
        match self {
            Self::Text(source) | Self::Name { source, .. } | Self::Call { source, .. } => source,
        }
    }
}

/// The functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    HmacSha1Hex,
    AwsSigV4,
    Base64,
    Fingerprint,
    Sha256Hex,
    Sha256Base64,
    Ed25519Sign,
}

/// How a function's text is cut into arguments.
enum Arguments {
    One,
    /// The first may hold commas itself, the second cannot.
    CutAtLastComma,
    CutAtEveryComma,
}

impl Function {
    const ALL: [Self; 7] = [
        Self::HmacSha1Hex,
        Self::AwsSigV4,
        Self::Base64,
        Self::Fingerprint,
        Self::Sha256Hex,
        Self::Sha256Base64,
        Self::Ed25519Sign,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::HmacSha1Hex => "hmacSha1Hex",
            Self::AwsSigV4 => "awsSigV4",
            Self::Base64 => "base64",
            Self::Fingerprint => "fingerprint",
            Self::Sha256Hex => "sha256Hex",
            Self::Sha256Base64 => "sha256Base64",
            Self::Ed25519Sign => "ed25519Sign",
        }
    }

    const fn arguments(self) -> Arguments {
        match self {
            Self::HmacSha1Hex | Self::Ed25519Sign => Arguments::CutAtLastComma,
            Self::AwsSigV4 => Arguments::CutAtEveryComma,
            _ => Arguments::One,
        }
    }

    /// The function that opens at the start of `text` with `${name(`, and the length of that opening.
    fn opening(text: &str) -> Option<(Self, usize)> {
        let rest = text.strip_prefix("${")?;
        Self::ALL.into_iter().find_map(|function| {
            rest.strip_prefix(function.name())?.strip_prefix('(')?;
            Some((function, "${(".len() + function.name().len()))
        })
    }
}

/// A function whose end has not been seen yet.
struct OpenCall<'a> {
    function: Function,
    start: usize,
    /// The nodes before it.
    before: Vec<Node<'a>>,
    opening: &'a str,
}

/// Parses a whole template.
pub(super) fn parse(source: &str) -> Vec<Node<'_>> {
    let mut parser = Parser { source, text_start: 0, nodes: Vec::new(), open: Vec::new() };
    let mut at = 0;
    while let Some(offset) = source[at..].find(['$', ')']) {
        at += offset;
        at += parser.step(at);
    }
    parser.finish()
}

struct Parser<'a> {
    source: &'a str,
    text_start: usize,
    nodes: Vec<Node<'a>>,
    open: Vec<OpenCall<'a>>,
}

impl<'a> Parser<'a> {
    /// Reads what begins at a `$` or `)`, and says how long it is.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.source[at..];
        if rest.starts_with(")}") && !self.open.is_empty() {
            self.close_call(at);
            return 2;
        }
        if !rest.starts_with("${") {
            return 1;
        }
        if let Some((function, length)) = Function::opening(rest).filter(|_| self.open.len() < DEPTH_MAX) {
            self.end_text(at, at + length);
            let before = std::mem::take(&mut self.nodes);
            self.open.push(OpenCall { function, start: at, before, opening: &rest[..length] });
            return length;
        }
        match name_length(&rest[2..]) {
            Some(length) => {
                let source = &rest[..length + 3];
                self.end_text(at, at + source.len());
                self.nodes.push(Node::Name { name: rest[2..2 + length].trim(), source });
                source.len()
            }
            None => 2,
        }
    }

    /// Ends the running text at `at`; the next one starts at `next`.
    fn end_text(&mut self, at: usize, next: usize) {
        if at > self.text_start {
            self.nodes.push(Node::Text(&self.source[self.text_start..at]));
        }
        self.text_start = next;
    }

    fn close_call(&mut self, at: usize) {
        self.end_text(at, at + 2);
        let Some(call) = self.open.pop() else { return };
        let inner = std::mem::replace(&mut self.nodes, call.before);
        let arguments = split_arguments(inner, &call.function.arguments());
        let source = &self.source[call.start..at + 2];
        self.nodes.push(Node::Call { function: call.function, arguments, source });
    }

    /// The nodes; a function without an end turns back into text.
    fn finish(mut self) -> Vec<Node<'a>> {
        self.end_text(self.source.len(), self.source.len());
        while let Some(call) = self.open.pop() {
            let inner = std::mem::replace(&mut self.nodes, call.before);
            self.nodes.push(Node::Text(call.opening));
            self.nodes.extend(inner);
        }
        self.nodes
    }
}

/// Length of the name that ends at `}`. A name holds no `$` and no brace.
fn name_length(text: &str) -> Option<usize> {
    let end = text.find(['}', '{', '$'])?;
    (text.as_bytes()[end] == b'}' && end > 0).then_some(end)
}

/// Cuts at the top-level `||`; only the first two alternatives count.
pub(super) fn split_alternatives(nodes: Vec<Node<'_>>) -> Vec<Vec<Node<'_>>> {
    let has_bars = |node: &Node<'_>| matches!(node, Node::Text(text) if text.contains("||"));
    if !nodes.iter().any(has_bars) {
        return vec![nodes];
    }
    let mut alternatives = split_text(nodes, "||");
    alternatives.truncate(2);
    for alternative in &mut alternatives {
        trim_start(alternative);
        trim_end(alternative);
    }
    alternatives
}

fn split_arguments<'a>(nodes: Vec<Node<'a>>, arguments: &Arguments) -> Vec<Vec<Node<'a>>> {
    match arguments {
        Arguments::One => vec![nodes],
        Arguments::CutAtLastComma => split_at_last_comma(nodes),
        Arguments::CutAtEveryComma => {
            let mut parts = split_text(nodes, ",");
            for part in &mut parts {
                trim_start(part);
                trim_end(part);
            }
            parts
        }
    }
}

/// The first argument keeps its white space, which may be part of what is signed.
fn split_at_last_comma(mut nodes: Vec<Node<'_>>) -> Vec<Vec<Node<'_>>> {
    let comma = nodes.iter().enumerate().rev().find_map(|(index, node)| match node {
        Node::Text(text) => text.rfind(',').map(|at| (index, *text, at)),
        _ => None,
    });
    let Some((index, text, at)) = comma else { return vec![nodes] };
    let mut second = vec![Node::Text(&text[at + 1..])];
    second.extend(nodes.drain(index + 1..));
    nodes[index] = Node::Text(&text[..at]);
    trim_start(&mut second);
    trim_end(&mut second);
    vec![nodes, second]
}

/// Cuts the list wherever its own text (not that of nested calls) holds the separator.
fn split_text<'a>(nodes: Vec<Node<'a>>, separator: &str) -> Vec<Vec<Node<'a>>> {
    let mut parts = vec![Vec::new()];
    for node in nodes {
        let Node::Text(text) = node else {
            push_last(&mut parts, node);
            continue;
        };
        for (index, piece) in text.split(separator).enumerate() {
            if index > 0 {
                parts.push(Vec::new());
            }
            if !piece.is_empty() {
                push_last(&mut parts, Node::Text(piece));
            }
        }
    }
    parts
}

fn push_last<'a>(parts: &mut [Vec<Node<'a>>], node: Node<'a>) {
    if let Some(last) = parts.last_mut() {
        last.push(node);
    }
}

fn trim_start(nodes: &mut Vec<Node<'_>>) {
    if let Some(Node::Text(text)) = nodes.first_mut() {
        *text = text.trim_start();
        if text.is_empty() {
            nodes.remove(0);
        }
    }
}

fn trim_end(nodes: &mut Vec<Node<'_>>) {
    if let Some(Node::Text(text)) = nodes.last_mut() {
        *text = text.trim_end();
        if text.is_empty() {
            nodes.pop();
        }
    }
}
