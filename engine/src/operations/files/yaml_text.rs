//! The text of a YAML file as lines: which of them make up a value, and how a value is written. What
//! it finds need not be right; the operation reads the outcome again.

use std::ops::Range;

use serde_json::Value as Json;

/// The text with the value under the keys written anew, or left out where it is `None`; `None` where
/// the keys do not lead to lines of their own.
pub(super) fn put(text: &str, keys: &[String], value: Option<&Json>) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut within = 0..lines.len();
    let mut indent = 0;
    for (depth, key) in keys.iter().enumerate() {
        let last = depth + 1 == keys.len();
        let found = find(&lines, within.clone(), indent, key);
        match (found, last, value) {
            (Some(lines_of), false, _) => {
                within = lines_of.start + 1..lines_of.end;
                indent = inner_indent(&lines, within.clone())?;
            }
            (Some(lines_of), true, Some(value)) => {
                let first = lines.get(lines_of.start)?;
                let (name, old) = split(first)?;
                let mut new = written(name, value, indent);
                if let (Some(remark), [only]) = (remark(old), new.as_mut_slice()) {
                    only.push_str(remark);
                }
                return Some(joined(&lines, lines_of, &new));
            }
            (Some(lines_of), true, None) => return Some(joined(&lines, lines_of, &[])),
            (None, true, Some(value)) => {
                let says = |at: &usize| lines.get(*at).is_some_and(|line| !is_remark(line));
                let at = within.clone().rev().find(says).map_or(within.end, |at| at + 1);
                let name = format!("{}{}", " ".repeat(indent), scalar(key));
                return Some(joined(&lines, at..at, &written(&name, value, indent)));
            }
            (None, _, _) => return None,
        }
    }
    None
}

/// The lines of a key and its value: up to the next line that stands as far left. List items may
/// stand as far left as their key.
fn find(lines: &[&str], within: Range<usize>, indent: usize, key: &str) -> Option<Range<usize>> {
    let is_it = |line: &str| {
        indent_of(line) == indent
            && split(line).is_some_and(|(name, _)| {
                let name = name.trim();
                name == key || serde_saphyr::from_str::<String>(name).is_ok_and(|it| it == key)
            })
    };
    let start = within.clone().find(|at| lines.get(*at).is_some_and(|line| is_it(line)))?;
    let mut end = start + 1;
    for at in start + 1..within.end {
        let line = lines.get(at)?;
        if is_remark(line) {
            continue;
        }
        let is_item = indent_of(line) == indent && line.trim_start().starts_with("- ");
        if indent_of(line) <= indent && !is_item {
            break;
        }
        end = at + 1;
    }
    Some(start..end)
}

fn inner_indent(lines: &[&str], within: Range<usize>) -> Option<usize> {
    let first = lines.get(within)?.iter().find(|line| !is_remark(line))?;
    (!first.trim_start().starts_with("- ")).then(|| indent_of(first))
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_remark(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// `  key` and what follows its colon.
fn split(line: &str) -> Option<(&str, &str)> {
    let start = line.trim_start();
    let quote = start.chars().next().filter(|it| matches!(it, '"' | '\''));
    let after = match quote {
        Some(quote) => line.len() - start.len() + 1 + start.get(1..)?.find(quote)? + 1,
        None => 0,
    };
    let rest = line.get(after..)?;
    let colon = rest.char_indices().find(|(at, it)| {
        let next = rest.get(at + 1..).unwrap_or_default();
        *it == ':' && (next.is_empty() || next.starts_with([' ', '\t']))
    });
    let (at, _) = colon?;
    Some((line.get(..after + at)?, line.get(after + at + 1..)?))
}

/// The remark at the end of a line, with the spaces before it.
fn remark(value: &str) -> Option<&str> {
    let start = value.trim_start();
    let skipped = match start.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            value.len() - start.len() + 1 + start.get(1..)?.rfind(quote).map_or(0, |at| at + 1)
        }
        _ => 0,
    };
    let at = value.get(skipped..)?.find(" #")? + skipped;
    let spaces = value.get(..at)?.trim_end().len();
    value.get(spaces..)
}

fn joined(lines: &[&str], range: Range<usize>, new: &[String]) -> String {
    let (before, after) = (lines.get(..range.start), lines.get(range.end..));
    let all = before.into_iter().flatten().copied();
    let all = all.chain(new.iter().map(String::as_str)).chain(after.into_iter().flatten().copied());
    all.flat_map(|line| [line, "\n"]).collect()
}

/// `name: value`, as many lines as that takes.
fn written(name: &str, value: &Json, indent: usize) -> Vec<String> {
    match value {
        Json::Object(map) if !map.is_empty() => {
            let inner = map.iter().flat_map(|(key, it)| {
                let name = format!("{}{}", " ".repeat(indent + 2), scalar(key));
                written(&name, it, indent + 2)
            });
            std::iter::once(format!("{name}:")).chain(inner).collect()
        }
        Json::Array(items) if !items.is_empty() => {
            let inner = items.iter().flat_map(|it| item(it, indent + 2));
            std::iter::once(format!("{name}:")).chain(inner).collect()
        }
        Json::String(text) => vec![format!("{name}: {}", scalar(text))],
        other => vec![format!("{name}: {other}")],
    }
}

/// `- value`. A map starts in the same line; a list in a list is written in brackets.
fn item(value: &Json, indent: usize) -> Vec<String> {
    let gap = " ".repeat(indent);
    match value {
        Json::Object(map) if !map.is_empty() => {
            let inner = map.iter().enumerate().flat_map(|(at, (key, it))| {
                let start = if at == 0 { "- " } else { "  " };
                written(&format!("{gap}{start}{}", scalar(key)), it, indent + 2)
            });
            inner.collect()
        }
        Json::String(text) => vec![format!("{gap}- {}", scalar(text))],
        other => vec![format!("{gap}- {other}")],
    }
}

/// Text bare where every reader takes it for text, else in double quotes, where JSON's escapes are
/// YAML's too (YAML 1.2, 5.7).
fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let bare = text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_' || it == '/')
        && text.chars().all(|it| it.is_ascii_alphanumeric() || "_-./@ ".contains(it))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if bare { text.to_owned() } else { Json::from(text).to_string() }
}
