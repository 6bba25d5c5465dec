//! What a script has besides a mistake in its syntax. The parser stops at the first one; it is given the
//! text again without that line.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use rhai::Engine;

use crate::place::Problem;
use crate::script::problem::{OPEN_COMMENT, unparsable};
use crate::script::sources::Script;

/// More lines than this are not left out.
const LINES: usize = 20;

static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:let|const|fn|as|for)\s+([A-Za-z_][A-Za-z0-9_]*)").expect("it is well formed")
});

static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""(?:[^"\\]|\\.)*"|`[^`]*`|//.*"#).expect("it is well formed"));

/// The script without the lines that do not parse, and what these declare; `None` where no whole is left.
/// Adds the mistakes to `problems`.
pub(super) fn rest(
    engine: &Engine,
    first: Problem,
    problems: &mut Vec<Problem>,
) -> Option<(Script, HashSet<String>)> {
    let place = first.place.clone();
    let source = first.source.clone();
    problems.push(first.clone());
    let (place, text) = (place?, source?);
    let name = Arc::clone(&place.file);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if first.error.message == OPEN_COMMENT {
        let line = lines.get_mut(place.line.checked_sub(1)?)?;
        *line = line.chars().take(place.column.checked_sub(1)?).collect();
        lines.truncate(place.line);
        let mut ast = engine.compile(lines.join("\n")).ok()?;
        ast.set_source(&*name);
        return Some((Script { name, text, ast: Arc::new(ast) }, HashSet::new()));
    }
    let mut names = HashSet::new();
    let mut more = Vec::new();
    let mut current = first;
    // Behind a line that opens something, the next mistakes may follow from its being left out.
    let mut is_certain = true;
    for _ in 0..LINES {
        let place = current.place.as_ref()?;
        let line = lines.get_mut(place.line.checked_sub(1)?)?;
        let ends = place.column > line.trim_end().chars().count();
        if ends && current.error.message.contains("';'") && !line.trim_end().ends_with(';') {
            line.push(';');
        } else {
            let left = brackets(line);
            // Behind text that is not closed, nobody knows what is code.
            if line.trim() == left.trim() || blanked(line).contains('"') {
                return None;
            }
            is_certain &= (left.trim().is_empty() && is_closed(line)) || opens_block(line);
            let declared = NAMES.captures_iter(line).filter_map(|it| it.get(1));
            names.extend(declared.map(|it| it.as_str().to_owned()));
            names.extend(parameters(line));
            *line = left;
        }
        match engine.compile(lines.join("\n")) {
            Ok(mut ast) => {
                ast.set_source(&*name);
                problems.extend(more);
                return Some((Script { name, text, ast: Arc::new(ast) }, names));
            }
            Err(error) => {
                current = unparsable(&error, &name, &text);
                more.extend(is_certain.then(|| current.clone()));
            }
        }
    }
    None
}

/// The braces of a line that have no partner in it, everything else blank.
fn brackets(line: &str) -> String {
    let code = blanked(line);
    let mut kept: Vec<char> = vec![' '; line.chars().count()];
    let mut open = Vec::new();
    for (at, letter) in code.chars().enumerate() {
        match letter {
            '{' => open.push(at),
            '}' if open.pop().is_none() => {
                if let Some(place) = kept.get_mut(at) {
                    *place = '}';
                }
            }
            _ => {}
        }
    }
    for at in open {
        if let Some(place) = kept.get_mut(at) {
            *place = '{';
        }
    }
    kept.into_iter().collect()
}

/// Whether all brackets of a line have a partner in it.
fn is_closed(line: &str) -> bool {
    let code = blanked(line);
    let count = |letter| code.matches(letter).count();
    count('(') == count(')') && count('[') == count(']') && count('"') == 0 && count('`') == 0
}

/// Whether a line begins a block of statements, and nothing else.
fn opens_block(line: &str) -> bool {
    let code = blanked(line);
    let head = code.trim_end().strip_suffix('{');
    head.is_some_and(|head| {
        !head.ends_with('#') && head.matches('(').count() == head.matches(')').count()
    })
}

/// The parameters of a function that a line declares.
fn parameters(line: &str) -> Vec<String> {
    let list = line.trim_start().strip_prefix("fn ").and_then(|it| it.split_once('('));
    let list = list.and_then(|(_, it)| it.split_once(')')).map_or("", |it| it.0);
    list.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

fn blanked(line: &str) -> String {
    QUOTED
        .replace_all(line, |found: &regex::Captures<'_>| {
            " ".repeat(found.get(0).map_or(0, |it| it.as_str().chars().count()))
        })
        .into_owned()
}
