//! Ansible's INI inventories, and the ranges of host names that they and YAML ones have.

use super::ansible::Tree;
use crate::error::{Error, Result};
use crate::value::{Map, Value};
use crate::words::words;

/// What the lines below a heading are.
enum Section {
    Hosts(String),
    Vars(String),
    Children(String),
}

/// Reads an inventory; the line of what is wrong.
pub(super) fn read(text: &str) -> Result<Tree, (usize, Error)> {
    let mut tree = Tree::default();
    let mut section = Section::Hosts("ungrouped".to_owned());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let wrong = |error: Error| (number + 1, error);
        if let Some(heading) = line.strip_prefix('[').filter(|_| is_heading(line)) {
            let heading = heading.split(']').next().unwrap_or_default();
            section = heading_of(heading).map_err(wrong)?;
            let (Section::Hosts(name) | Section::Vars(name) | Section::Children(name)) = &section;
            tree.group(name);
            continue;
        }
        match &section {
            Section::Hosts(group) => host(&mut tree, group, line).map_err(wrong)?,
            Section::Vars(group) => {
                let (key, value) = line
                    .split_once('=')
                    .ok_or_else(|| wrong(Error::usage("a variable is written `name=value`")))?;
                let value = typed(value.trim());
                tree.group(group).vars.insert(key.trim().to_owned(), value);
            }
            Section::Children(group) => {
                let child = line.split([' ', '#']).next().unwrap_or_default();
                tree.group(child);
                tree.group(group).children.insert(child.to_owned());
            }
        }
    }
    Ok(tree)
}

/// `[web]` is a heading; `[::1]:22` and `[a:c].example.net x=1` are hosts.
fn is_heading(line: &str) -> bool {
    let before_comment = line.split('#').next().unwrap_or_default().trim_end();
    before_comment.ends_with(']') && !before_comment.starts_with("[::") && !line.contains('=')
}

fn heading_of(heading: &str) -> Result<Section> {
    let (name, kind) = heading.split_once(':').unwrap_or((heading, ""));
    match kind {
        _ if name.is_empty() => Err(Error::usage("the group has no name")),
        "" => Ok(Section::Hosts(name.to_owned())),
        "vars" => Ok(Section::Vars(name.to_owned())),
        "children" => Ok(Section::Children(name.to_owned())),
        other => Err(Error::usage(format!("a group has no section `{other}`"))
            .hint("sections are [group], [group:vars] and [group:children]")),
    }
}

fn host(tree: &mut Tree, group: &str, line: &str) -> Result<()> {
    let mut words = words(line).into_iter();
    let pattern = words.next().unwrap_or_default();
    let mut vars = Map::new();
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| {
            Error::usage(format!("`{word}` is not a variable of the host `{pattern}`"))
                .hint("a variable is written `name=value`, in quotes where it has spaces")
        })?;
        vars.insert(key.to_owned(), typed(value));
    }
    // `host:port`; a colon in brackets belongs to a range.
    let (pattern, port) = match pattern.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            port.parse::<u16>().map_or((pattern.as_str(), None), |port| (host, Some(port)))
        }
        _ => (pattern.as_str(), None),
    };
    if let Some(port) = port {
        vars.entry("ansible_port".to_owned()).or_insert(Value::Int(port.into()));
    }
    tree.host(group, pattern, &vars)
}

/// A value as Python would read it: numbers, true, false, none, lists and maps; else text.
fn typed(text: &str) -> Value {
    let unquoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inner) = unquoted('"').or_else(|| unquoted('\'')) {
        return Value::from(inner);
    }
    match text {
        "True" | "true" => return Value::Bool(true),
        "False" | "false" => return Value::Bool(false),
        "None" => return Value::Unit,
        _ => {}
    }
    // JSON has no numbers with leading zeros, so modes and the like stay text.
    if text.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '-' | '[' | '{'))
        && let Ok(value) = super::document::json(text)
    {
        return value;
    }
    Value::from(text)
}

/// The names that `web[01:03].net`, `db-[a:c]` and `n[0:10:5]` stand for.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>> {
    let range = pattern.split_once('[').and_then(|(before, rest)| {
        let (range, after) = rest.split_once(']')?;
        Some((before, range, after))
    });
    let Some((before, range, after)) = range.filter(|(_, range, _)| !range.starts_with(':')) else {
        return Ok(vec![pattern.to_owned()]);
    };
    let wrong = || {
        Error::usage(format!("`[{range}]` in `{pattern}` is not a range"))
            .hint("ranges are [1:9], [01:50], [a:f] and [0:10:2]")
    };
    let parts: Vec<&str> = range.split(':').collect();
    let (first, last, step) = match parts.as_slice() {
        [first, last] => (*first, *last, 1),
        [first, last, step] => (*first, *last, step.parse().map_err(|_| wrong())?),
        _ => return Err(wrong()),
    };
    let middles = middles(first, last, step).ok_or_else(wrong)?;
    let rests = expand(after)?;
    let names = middles
        .iter()
        .flat_map(|middle| rests.iter().map(move |rest| format!("{before}{middle}{rest}")));
    Ok(names.collect())
}

fn middles(first: &str, last: &str, step: usize) -> Option<Vec<String>> {
    /// More hosts than this are a slip of the pen.
    const MOST: usize = 100_000;
    if step == 0 {
        return None;
    }
    if let (Ok(from), Ok(to)) = (first.parse::<u32>(), last.parse::<u32>()) {
        let width = if first.starts_with('0') { first.len() } else { 0 };
        let fits = from <= to && (to - from) as usize <= MOST;
        return fits.then(|| (from..=to).step_by(step).map(|it| format!("{it:0width$}")).collect());
    }
    let letter = |text: &str| {
        let mut letters = text.chars();
        letters.next().filter(|it| it.is_ascii_alphabetic() && letters.next().is_none())
    };
    let (from, to) = (letter(first)?, letter(last)?);
    (from <= to).then(|| (from..=to).step_by(step).map(String::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_names() {
        for (pattern, expected) in [
            ("web1", "web1"),
            ("web[01:03].net", "web01.net web02.net web03.net"),
            ("db-[a:c]", "db-a db-b db-c"),
            ("n[0:10:5]", "n0 n5 n10"),
            ("r[1:2]-[a:b]", "r1-a r1-b r2-a r2-b"),
            ("x[9:11]", "x9 x10 x11"),
            (
                "r[1:10][1:2]",
                "r11 r12 r21 r22 r31 r32 r41 r42 r51 r52 r61 r62 r71 r72 r81 r82 r91 r92 r101 r102",
            ),
            ("[::1]", "[::1]"),
            ("web[3:1]", "`[3:1]` in `web[3:1]` is not a range"),
        ] {
            let names = expand(pattern).map_or_else(|it| it.to_string(), |it| it.join(" "));
            assert_eq!(names, expected, "{pattern}");
        }
    }

    #[test]
    fn values_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("8080", "8080"),
            ("0644", "\"0644\""),
            ("True", "true"),
            ("'True'", "\"True\""),
            ("[1, 2]", "[1,2]"),
            ("a b", "\"a b\""),
        ] {
            assert_eq!(typed(text).to_json().to_string(), expected, "{text}");
        }
    }
}
