//! Pages of the manual: the signature, the text, the arguments.

use infra_engine::args::ArgDef;

use super::Entry;
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// Pages with an empty line between them.
pub(super) fn pages(entries: &[Entry], globals: &[&ArgDef], style: Style) -> String {
    let mut pages: Vec<String> = entries.iter().map(|entry| page(entry, style)).collect();
    if !globals.is_empty() {
        let title = style.paint(Role::Title, "global argument");
        pages.extend(globals.iter().map(|def| format!("{title}\n\n{}", argument(def, style))));
    }
    pages.join("\n")
}

/// The page of one operation or fact.
fn page(entry: &Entry, style: Style) -> String {
    let title = style.paint(Role::Title, entry.name);
    let mut text = format!("{title}  {}\n\n", style.paint(Role::Quiet, entry.what));
    add(&mut text, format_args!("  {}\n\n", signature(entry)));
    text.push_str(&words::indent(&prose(entry.doc, style), "  "));
    if entry.args.is_empty() {
        return text;
    }
    add(&mut text, format_args!("\n{}\n", style.paint(Role::Title, "Arguments")));
    for def in entry.args {
        add(&mut text, format_args!("\n{}", argument(def, style)));
    }
    text
}

/// The call with its arguments: `server.group(group, present: true, gid)`.
pub(super) fn signature(entry: &Entry) -> String {
    let arguments: Vec<String> = entry
        .args
        .iter()
        .map(|def| match def.default {
            _ if def.rest => format!("{}…", def.name),
            Some(default) => format!("{} = {}", def.name, rhai(default)),
            None if def.required => def.name.to_owned(),
            None => format!("{}?", def.name),
        })
        .collect();
    let whole = format!("{}({})", entry.name, arguments.join(", "));
    if whole.chars().count() <= 90 {
        return whole;
    }
    format!("{}(\n      {}\n  )", entry.name, wrap(&arguments, 86).join(",\n      "))
}

/// Items in lines of at most `width` columns.
fn wrap(items: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line) if line.chars().count() + item.chars().count() + 2 <= width => {
                line.push_str(", ");
                line.push_str(item);
            }
            _ => lines.push(item.clone()),
        }
    }
    lines
}

/// What an argument takes, in a line.
pub(super) fn about(def: &ArgDef) -> String {
    let mut about = if def.rest { "all other names".to_owned() } else { def.kind.to_string() };
    match def.default {
        Some(default) => add(&mut about, format_args!(", default {}", rhai(default))),
        None if def.required => about.push_str(", required"),
        None => {}
    }
    if !def.aliases.is_empty() {
        add(&mut about, format_args!(", also {}", words::sentence(def.aliases)));
    }
    about
}

fn argument(def: &ArgDef, style: Style) -> String {
    let about = about(def);
    let name = style.paint(Role::Notice, def.name);
    let doc = words::indent(&prose(def.doc, style), "      ");
    format!("  {name}  {}\n{doc}", style.paint(Role::Quiet, about))
}

/// A default as a script writes it; the declaration has it as Rust does.
pub(super) fn rhai(default: &str) -> String {
    let owned = [".to_owned()", ".to_string()", ".into()", ".to_vec()"];
    let default = default.split(".map(").next().unwrap_or(default);
    let bare = owned.iter().find_map(|end| default.strip_suffix(end)).unwrap_or(default);
    match bare {
        "String::new()" => "\"\"".to_owned(),
        "Vec::new()" | "vec![]" => "[]".to_owned(),
        other if other.contains("::") => path(other),
        other => number(other)
            .or_else(|| wrapped(other))
            .unwrap_or_else(|| other.strip_prefix("vec!").unwrap_or(other).trim().to_owned()),
    }
}

/// A number without its type: `10_u64`.
fn number(default: &str) -> Option<String> {
    let (digits, kind) = default.split_once('_')?;
    let is_number = digits.parse::<f64>().is_ok() && kind.starts_with(['i', 'u', 'f']);
    is_number.then(|| digits.to_owned())
}

/// What a type is made of: `Scalar("20".to_owned())`, `OneOrMany(vec! ["ALL".to_owned()])`.
fn wrapped(default: &str) -> Option<String> {
    let (_, inside) = default.strip_suffix(')')?.split_once('(')?;
    let inside = rhai(inside).replace(".to_owned()", "");
    let one = inside.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    Some(one.filter(|it| !it.contains(',') && !it.is_empty()).unwrap_or(&inside).to_owned())
}

/// A default that is a path in Rust: `Backup :: None`, `Mode :: Bits (0o644)`, `OneOrMany :: default()`.
fn path(default: &str) -> String {
    let last = default.rsplit("::").next().unwrap_or(default).trim();
    let (name, inside) = last.split_once('(').unwrap_or((last, ""));
    let inside = inside.trim_end_matches(')').trim();
    match (name.trim(), inside) {
        ("None", _) => "false".to_owned(),
        ("default" | "new", "") => "[]".to_owned(),
        (_, bits) if bits.starts_with("0o") => format!("\"{}\"", bits.trim_start_matches("0o")),
        (name, "") => format!("\"{}\"", name.to_lowercase()),
        (_, inside) => inside.to_owned(),
    }
}

/// A doc comment for a terminal: examples indented, without the marks around them.
pub(super) fn prose(doc: &str, style: Style) -> String {
    let mut text = String::new();
    let mut is_example = false;
    for line in doc.trim().lines() {
        if line.trim_start().starts_with("```") {
            is_example = !is_example;
        } else if is_example {
            add(&mut text, format_args!("    {}\n", style.paint(Role::Notice, line)));
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use infra_engine::args::Kind;

    use super::*;

    const ENTRY: Entry = Entry {
        what: "operation",
        name: "server.thing",
        doc: "Make a thing.\n\n```rhai\nserver.thing(\"x\");\n```",
        args: &[
            ArgDef {
                name: "path",
                doc: "Where.",
                kind: Kind::Text,
                required: true,
                default: None,
                aliases: &["dest"],
                rest: false,
            },
            ArgDef {
                name: "mode",
                doc: "How\nit is.",
                kind: Kind::OneOrMany(&Kind::Choice(&["a", "b"])),
                required: false,
                default: Some("\"a\".to_owned()"),
                aliases: &[],
                rest: false,
            },
        ],
    };

    #[test]
    fn a_page_is_the_declaration() {
        let expected = r#"server.thing  operation

  server.thing(path, mode = "a")

  Make a thing.

      server.thing("x");

Arguments

  path  text, required, also dest
      Where.

  mode  "a" or "b", or a list of it, default "a"
      How
      it is.
"#;
        assert_eq!(page(&ENTRY, Style::PLAIN), expected);
    }

    #[test]
    fn defaults_are_as_scripts_write_them() {
        for (rust, expected) in [
            ("true", "true"),
            ("\"a\".to_owned()", "\"a\""),
            ("vec![0]", "[0]"),
            ("Vec::new()", "[]"),
            ("0.5", "0.5"),
            ("Backup :: None", "false"),
            ("Mode :: Bits (0o644)", "\"644\""),
            ("OneOrMany :: default ()", "[]"),
            ("10_u64", "10"),
            ("Scalar(\"20\".to_owned())", "\"20\""),
            ("OneOrMany(vec! [\"ALL\".to_owned()])", "\"ALL\""),
            ("Truth(true)", "true"),
            ("[\"2\", \"3\"].map(| it | Scalar(it.to_owned()))", "[\"2\", \"3\"]"),
        ] {
            assert_eq!(rhai(rust), expected);
        }
    }
}
