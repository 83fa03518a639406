//! A look at code before it is stored: calls of `x.constructor(…)` with arguments, which is how code is made from
//! strings (spec `deploy.md` §4.2).
//!
//! It looks at tokens and knows no grammar, so it finds the plain form and not every disguise. What keeps functions
//! from making code is the runtime, whose contexts have no way to; this tells the author before the first run.
//! `new x.constructor(…)` is left alone, because that is how a class makes another of its own.

use thiserror::Error;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it calls `constructor` with arguments in line {line}")]
pub struct ScanHit {
    /// The line, from 1.
    pub line: usize,
}

/// Looks through JavaScript.
pub fn scan(code: &str) -> Result<(), ScanHit> {
    let tokens = Tokenizer { code, at: 0, tokens: Vec::new(), braces: Vec::new() }.run();
    let hit = (0..tokens.len()).find(|&at| is_constructor_call(&tokens, at));
    match hit {
        Some(at) => Err(ScanHit { line: code[..tokens[at].at].matches('\n').count() + 1 }),
        None => Ok(()),
    }
}

/// Words after which a slash begins a regular expression.
const BEFORE_REGEX: [&str; 15] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "do",
    "instanceof",
    "yield",
    "await",
    "default",
];

#[derive(Debug, Clone, Copy, PartialEq)]
struct Token<'a> {
    kind: Kind<'a>,
    /// Where it begins, in bytes.
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind<'a> {
    /// A name, keyword or number.
    Word(&'a str),
    /// The inside of a string, or of a template up to its end or next `${`.
    Text(&'a str),
    /// A regular expression.
    Regex,
    /// `.` or `?.`
    Dot,
    /// Any other character.
    Sign(char),
}

/// Whether a token is the `.` of `x.constructor(y` or the `[` of `x["constructor"](y`.
fn is_constructor_call(tokens: &[Token], at: usize) -> bool {
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let after = match (kind(at), kind(at + 1), kind(at + 2)) {
        (Some(Kind::Dot), Some(Kind::Word("constructor")), _) => at + 2,
        (Some(Kind::Sign('[')), Some(Kind::Text("constructor")), Some(Kind::Sign(']'))) => at + 3,
        _ => return false,
    };
    let open = if kind(after) == Some(Kind::Dot) { after + 1 } else { after };
    let has_arguments =
        kind(open) == Some(Kind::Sign('(')) && kind(open + 1).is_some_and(|next| next != Kind::Sign(')'));
    has_arguments && !is_construction(tokens, at)
}

/// Whether the names before a dot follow `new`: `new this.constructor`, `new a.b.constructor`.
fn is_construction(tokens: &[Token], dot: usize) -> bool {
    let mut at = dot;
    while let Some([before, name]) = at.checked_sub(2).and_then(|start| tokens.get(start..at)) {
        match (before.kind, name.kind) {
            (Kind::Word("new"), Kind::Word(_)) => return true,
            (Kind::Dot, Kind::Word(_)) => at -= 2,
            _ => return false,
        }
    }
    false
}

struct Tokenizer<'a> {
    code: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Open braces; true for the `${` of a template.
    braces: Vec<bool>,
}

impl<'a> Tokenizer<'a> {
    fn run(mut self) -> Vec<Token<'a>> {
        while let Some(character) = self.rest().chars().next() {
            let begin = self.at;
            match character {
                _ if character.is_whitespace() => self.at += character.len_utf8(),
                '/' if self.rest().starts_with("//") => self.skip_past("\n"),
                '/' if self.rest().starts_with("/*") => self.skip_past("*/"),
                '/' => self.slash(),
                '"' | '\'' => self.string(character),
                '`' => self.template(),
                '}' if self.braces.pop() == Some(true) => self.template(),
                '?' if self.is_optional_chain() => self.push(Kind::Dot, begin + 2),
                '.' => self.push(Kind::Dot, begin + 1),
                _ if is_of_word(character) => self.word(),
                _ => {
                    if character == '{' {
                        self.braces.push(false);
                    }
                    self.push(Kind::Sign(character), begin + character.len_utf8());
                }
            }
        }
        self.tokens
    }

    fn rest(&self) -> &'a str {
        &self.code[self.at..]
    }

    fn push(&mut self, kind: Kind<'a>, end: usize) {
        self.tokens.push(Token { kind, at: self.at });
        self.at = end;
    }

    fn skip_past(&mut self, end: &str) {
        self.at = self.rest().find(end).map_or(self.code.len(), |found| self.at + found + end.len());
    }

    fn is_optional_chain(&self) -> bool {
        let after = self.rest().strip_prefix("?.");
        after.is_some_and(|after| !after.starts_with(|next: char| next.is_ascii_digit()))
    }

    fn word(&mut self) {
        let word = self.rest();
        let word = &word[..word.find(|next| !is_of_word(next)).unwrap_or(word.len())];
        self.push(Kind::Word(word), self.at + word.len());
    }

    /// A string ends at its quote, or at the line's end if the code is broken.
    fn string(&mut self, quote: char) {
        let inside = &self.rest()[1..];
        let length = end_of(inside, |next| next == quote || next == '\n').unwrap_or(inside.len());
        let end = (self.at + length + 2).min(self.code.len());
        self.push(Kind::Text(&inside[..length]), end);
    }

    /// From a backtick, or from the brace that ends a substitution, to the next substitution or the template's end.
    fn template(&mut self) {
        let inside = &self.rest()[1..];
        let mut length = inside.len();
        let mut from = 0;
        while let Some(found) = end_of(&inside[from..], |next| next == '`' || next == '$') {
            length = from + found;
            if inside[length..].starts_with('`') || inside[length..].starts_with("${") {
                break;
            }
            (from, length) = (length + 1, inside.len());
        }
        let opens = inside[length..].starts_with("${");
        let end = (self.at + 1 + length + if opens { 2 } else { 1 }).min(self.code.len());
        self.push(Kind::Text(&inside[..length]), end);
        if opens {
            self.braces.push(true);
            // What follows begins an expression.
            self.tokens.push(Token { kind: Kind::Sign('{'), at: end });
        }
    }

    /// A division or a regular expression, by what is before it.
    fn slash(&mut self) {
        let begins_regex = match self.tokens.last().map(|token| token.kind) {
            None => true,
            Some(Kind::Word(word)) => BEFORE_REGEX.contains(&word),
            Some(Kind::Sign(sign)) => !matches!(sign, ')' | ']'),
            Some(Kind::Text(_) | Kind::Regex | Kind::Dot) => false,
        };
        match self.end_of_regex().filter(|_| begins_regex) {
            Some(end) => self.push(Kind::Regex, end),
            None => self.push(Kind::Sign('/'), self.at + 1),
        }
    }

    /// Behind the slash that ends it, in the same line; slashes in brackets do not.
    fn end_of_regex(&self) -> Option<usize> {
        let inside = &self.rest()[1..];
        let mut is_in_brackets = false;
        let length = end_of(inside, |next| {
            is_in_brackets = (is_in_brackets || next == '[') && next != ']';
            next == '\n' || (next == '/' && !is_in_brackets)
        })?;
        inside[length..].starts_with('/').then_some(self.at + length + 2)
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '#' | '\\')
}

/// Where a text ends, characters behind a backslash left out.
fn end_of(text: &str, mut is_end: impl FnMut(char) -> bool) -> Option<usize> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if is_end(character) {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_call_of_constructor_with_arguments_is_found() {
        for code in [
            "x.constructor('return this')()",
            "(() => {}).constructor(code)",
            "x?.constructor?.(code)",
            "x\n  . constructor /* c */ ( // d\n code)",
            "x['constructor'](code)",
            "x[`constructor`](code)",
            "`${x.constructor(code)}`",
            "`a${`b${1}c`} ${ {a: {}} } ${x.constructor(code)}`",
            "a / b; x.constructor(code) / 2",
            "return /[/]/.constructor(code)",
            "''.constructor(code)",
            "new A(); x.constructor(code)",
            "new A(x.constructor(code))",
        ] {
            assert!(scan(code).is_err(), "{code}");
        }
    }

    #[test]
    fn what_is_no_such_call_is_left_alone() {
        for code in [
            "x.constructor()",
            "x.constructor.name",
            "x.constructor = y",
            "class A { constructor(a) { super(a); } }",
            "new this.constructor(a)",
            "new a.b.constructor(a)",
            "constructor(a)",
            "'x.constructor(a)'",
            "\"it\\\"s x.constructor(a)\"",
            "`x.constructor(a) $ {`",
            "`$${1}x.constructor(a)`",
            "// x.constructor(a)",
            "/* x.constructor(a) */",
            "const r = /x.constructor(a)/g;",
            "if (a) {} /x.constructor(a)/.test(b)",
            "f(/[/]x.constructor(a)/)",
            "['constructor', (a)]",
            "x.constructors(a)",
            "x.constructor(",
            "a ?.5 : b",
            "",
        ] {
            assert_eq!(scan(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn the_line_is_told() {
        assert_eq!(scan("a;\n\nb.constructor(1)"), Err(ScanHit { line: 3 }));
    }

    proptest! {
        #[test]
        fn no_code_makes_it_panic(code in "[a-c.?'\"`$/\\\\{}()\\[\\]*\n é]{0,60}") {
            let _ = scan(&code);
        }

        #[test]
        fn a_quoted_call_is_none_whatever_is_around_it(before in "[a-z;=+ ]{0,12}", after in "[a-z;=+ ]{0,12}") {
            let code = format!("{before};'.constructor(a)';{after}");
            prop_assert_eq!(scan(&code), Ok(()));
        }
    }
}
