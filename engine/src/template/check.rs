//! Mistakes of templates that show without rendering them: syntax, filters, variables that nobody gives.
//!
//! A variable counts as missing only where it is read in any case: outside of every block, and not where
//! the expression itself asks whether it is there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use minijinja::{Environment, ErrorKind};
use regex::Regex;

use super::{Known, Settings, environment, filters, mistake};
use crate::error::{Error, did_you_mean};

/// What is wrong in a template, and where: bytes of its text.
pub(crate) struct Mistake {
    pub(crate) error: Error,
    pub(crate) at: Range<usize>,
}

/// What a template says of itself.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) mistakes: Vec<Mistake>,
    /// Data of the host that it reads in any case.
    pub(crate) data: Vec<(String, Range<usize>)>,
}

/// Looks at a template. `given` are the names of the variables that it gets; `None` where they cannot be
/// told.
pub(crate) fn check(path: &str, text: &str, given: Option<&HashSet<String>>) -> Findings {
    let mut findings = Findings::default();
    let Ok(environment) = environment(&Settings::default(), &Known::default()) else {
        return findings;
    };
    let template = match environment.template_from_named_str(path, text) {
        Ok(template) => template,
        Err(error) => {
            let at = error.range().unwrap_or_else(|| line_at(text, error.line().unwrap_or(1)));
            let error = Error::usage(mistake::sentence(&error));
            findings.mistakes.push(Mistake { error, at });
            return findings;
        }
    };
    let undeclared = template.undeclared_variables(false);
    let pieces = pieces(text);
    for piece in &pieces {
        findings.mistakes.extend(unknown_filters(&environment, text, piece));
    }
    // What another template makes of this one is not told here.
    if pieces.iter().any(|it| it.word == "extends") {
        return findings;
    }
    let mut told = HashSet::new();
    for piece in pieces.iter().filter(|it| it.always) {
        let Some(expression) = piece.expression(text) else { continue };
        let inner = text.get(expression.clone()).unwrap_or_default();
        if ASKING.is_match(&blanked(inner)) {
            continue;
        }
        let Ok(compiled) = environment.compile_expression(inner) else { continue };
        for name in compiled.undeclared_variables(true) {
            let root = name.split('.').next().unwrap_or_default();
            let Some(at) = place(text, &expression, root) else { continue };
            if let Some(key) = name.strip_prefix("host.data.") {
                let key = key.split('.').next().unwrap_or_default();
                let at = place(text, &expression, key).unwrap_or(at);
                // A method, such as `get`, is no datum.
                let behind = text.get(at.end..).unwrap_or_default().trim_start();
                if !behind.starts_with('(') {
                    findings.data.push((key.to_owned(), at));
                }
                continue;
            }
            let known = |given: &HashSet<String>| given.contains(root);
            let is_there = root == "host"
                || !undeclared.contains(root)
                || given.is_none_or(known)
                || environment.globals().any(|it| it.0 == root);
            if is_there || !told.insert(root.to_owned()) {
                continue;
            }
            let error = undefined(path, text, root, at.start, given);
            findings.mistakes.push(Mistake { error, at });
        }
    }
    findings.mistakes.sort_by_key(|it| it.at.start);
    findings
}

/// The error for a variable that nobody gives, as rendering tells it.
fn undefined(
    path: &str,
    text: &str,
    name: &str,
    start: usize,
    given: Option<&HashSet<String>>,
) -> Error {
    let line = text.get(..start).unwrap_or_default().matches('\n').count();
    let shown = text.lines().nth(line).unwrap_or_default().trim();
    let mut error = Error::usage(format!(
        "template {path}, line {}: `{name}` is undefined, in `{}`",
        line + 1,
        shown.chars().take(100).collect::<String>()
    ));
    let names = given.into_iter().flatten().map(String::as_str).chain(["host"]);
    error.hint = did_you_mean(name, names)
        .or_else(|| Some(format!("give it to the call, or write `{name} | default(…)`")));
    error
}

/// Words by which an expression cares for what is not there.
static ASKING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(default|d|defined|undefined|if|or|and|ternary|mandatory)\b")
        .expect("it is well formed")
});

static FILTER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\|\s*([A-Za-z_][A-Za-z0-9_]*)").expect("it is well formed"));

static TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"#).expect("it is well formed")
});

/// An expression without what stands in quotes, its length as it was.
fn blanked(expression: &str) -> String {
    TEXT.replace_all(expression, |found: &regex::Captures<'_>| {
        " ".repeat(found.get(0).map_or(0, |it| it.len()))
    })
    .into_owned()
}

fn unknown_filters(environment: &Environment<'_>, text: &str, piece: &Piece) -> Vec<Mistake> {
    let code = blanked(text.get(piece.inner.clone()).unwrap_or_default());
    let names = FILTER.captures_iter(&code).filter_map(|it| it.get(1));
    let unknown = names.filter(|name| {
        let tried = environment
            .compile_expression_owned(format!("1 | {}", name.as_str()))
            .and_then(|it| it.eval(()));
        tried.is_err_and(|error| error.kind() == ErrorKind::UnknownFilter)
    });
    unknown
        .map(|name| {
            let mut error = Error::usage(format!("there is no filter `{}`", name.as_str()));
            error.hint = did_you_mean(name.as_str(), filters::names());
            let start = piece.inner.start;
            Mistake { error, at: start + name.start()..start + name.end() }
        })
        .collect()
}

/// Something in braces.
struct Piece {
    /// Between the braces.
    inner: Range<usize>,
    /// The first word of a tag; empty for `{{ … }}`.
    word: String,
    /// Whether it is evaluated in any case.
    always: bool,
}

impl Piece {
    /// The expression that it evaluates.
    fn expression(&self, text: &str) -> Option<Range<usize>> {
        let inner = text.get(self.inner.clone())?;
        let end = self.inner.end - usize::from(inner.ends_with(['-', '+']));
        let from = match self.word.as_str() {
            "" => inner.len() - inner.trim_start_matches(['-', '+']).len(),
            "if" => inner.find("if")? + 2,
            "for" => inner.find(" in ")? + 4,
            _ => return None,
        };
        let start = self.inner.start + from;
        (start < end).then_some(start..end)
    }
}

/// Tags that hold what may not be evaluated until their end.
const BLOCKS: &[&str] = &["if", "for", "macro", "call", "filter", "block", "with", "autoescape"];

/// All that stands in braces, comments and `raw` blocks left out.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + open + 2;
        let (end, is_tag) = match text.get(at + open..start) {
            Some("{{") => ("}}", false),
            Some("{%") => ("%}", true),
            Some("{#") => {
                at = after(text, start, "#}");
                continue;
            }
            _ => {
                at += open + 1;
                continue;
            }
        };
        let close = closing(text, start, end);
        let inner = start..close;
        at = close + 2;
        let words = text.get(inner.clone()).unwrap_or_default();
        let words = words.trim_start_matches(['-', '+']).trim_start();
        let word: String =
            words.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        let word = if is_tag { word } else { String::new() };
        if word == "raw" {
            at = after(text, at, "endraw");
            continue;
        }
        if word.starts_with("end") {
            depth = depth.saturating_sub(1);
            continue;
        }
        pieces.push(Piece { inner, always: depth == 0, word: word.clone() });
        let holds_text = word == "set" && !words.contains('=');
        depth += usize::from(BLOCKS.contains(&word.as_str()) || holds_text);
    }
    pieces
}

/// Where braces close, not inside of text in quotes.
fn closing(text: &str, start: usize, end: &str) -> usize {
    let mut quote = None;
    let rest = text.get(start..).unwrap_or_default();
    for (offset, letter) in rest.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, _) if rest.get(offset..).is_some_and(|it| it.starts_with(end)) => {
                return start + offset;
            }
            _ => {}
        }
    }
    text.len()
}

fn after(text: &str, from: usize, end: &str) -> usize {
    let found = text.get(from..).and_then(|rest| rest.find(end));
    found.map_or(text.len(), |it| from + it + end.len())
}

/// Where a word stands in an expression.
fn place(text: &str, expression: &Range<usize>, word: &str) -> Option<Range<usize>> {
    let code = blanked(text.get(expression.clone())?);
    let pattern = Regex::new(&format!(r"\b{}\b", regex::escape(word))).ok()?;
    let found = pattern.find(&code)?;
    Some(expression.start + found.start()..expression.start + found.end())
}

fn line_at(text: &str, line: usize) -> Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    start..start + length
}
