//! Whole outputs against what a case says, and the way to accept a new one.

use std::fs;
use std::sync::{Mutex, PoisonError};

use crate::document::Document;
use crate::{Case, Outcome};

/// Cases of one file are tests of their own and may be rewritten at the same time.
static REWRITING: Mutex<()> = Mutex::new(());

/// Whether cases are rewritten instead of checked.
pub fn is_updating() -> bool {
    std::env::var_os("UPDATE_CASES").is_some_and(|it| !it.is_empty())
}

/// Compares a block of the case with what was found, or rewrites the block.
pub fn check(case: &Case, kind: &str, found: &str) -> Outcome {
    let found = ending_in_a_line_break(found);
    let Some(block) = case.block(kind) else {
        return Err(format!("the case has no block ```{kind}; it would be\n{found}"));
    };
    if block.text == found {
        return Ok(());
    }
    if is_updating() {
        return rewrite(case, kind, &found);
    }
    Err(format!(
        "{}, `{}`: ```{kind} differs (- as the case says, + as it is; UPDATE_CASES=1 accepts it)\n{}",
        case.path.display(),
        case.title,
        difference(&block.text, &found)
    ))
}

fn ending_in_a_line_break(text: &str) -> String {
    let text = text.trim_end_matches('\n');
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn rewrite(case: &Case, kind: &str, found: &str) -> Outcome {
    let _alone = REWRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = &case.path;
    // Read again: another case of the file may have been rewritten since.
    let document = Document::read(path, path)?;
    let now = document.cases.iter().find(|it| it.title == case.title);
    let block = now.and_then(|it| it.block(kind)).ok_or("the case is gone")?;
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let lines: Vec<&str> = text.lines().collect();
    let before = lines.get(..block.lines.start).unwrap_or_default();
    let after = lines.get(block.lines.end..).unwrap_or_default();
    let all: Vec<&str> =
        before.iter().copied().chain(found.lines()).chain(after.iter().copied()).collect();
    fs::write(path, all.join("\n") + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

/// Both texts line by line, what they share at the start and at the end once.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let head = expected.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let rest = |lines: &[&str]| lines.len() - head;
    let tail = expected.iter().rev().zip(found.iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = tail.min(rest(&expected)).min(rest(&found));
    let mut shown = Vec::new();
    let mut add = |sign: &str, lines: &[&str]| {
        shown.extend(lines.iter().map(|line| format!("{sign} {line}")));
    };
    add(" ", expected.get(..head).unwrap_or_default());
    add("-", expected.get(head..expected.len() - tail).unwrap_or_default());
    add("+", found.get(head..found.len() - tail).unwrap_or_default());
    add(" ", expected.get(expected.len() - tail..).unwrap_or_default());
    shown.join("\n")
}
