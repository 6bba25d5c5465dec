//! The text of a unit file, from its sections. systemd.syntax(7).

use indexmap::IndexMap;

use crate::value::Value;
use crate::{Error, Result};

/// Sections by name, each with its settings.
pub(super) type Sections = IndexMap<String, IndexMap<String, Value>>;

/// Writes sections as a unit file: `Unit` first, `Install` last. A list is a setting that stands there
/// several times; `()` is one that does not.
pub(super) fn unit_text(sections: &Sections) -> Result<String> {
    let mut sections: Vec<_> = sections.iter().collect();
    sections.sort_by_key(|(name, _)| match name.as_str() {
        "Unit" => 0,
        "Install" => 2,
        _ => 1,
    });
    let mut blocks = Vec::new();
    for (name, settings) in sections {
        check_name(name)?;
        let mut block = format!("[{name}]\n");
        for (setting, value) in settings {
            check_name(setting)?;
            match value {
                Value::List(values) => {
                    for value in values {
                        add(&mut block, setting, value)?;
                    }
                }
                value => add(&mut block, setting, value)?,
            }
        }
        blocks.push(block);
    }
    Ok(blocks.join("\n"))
}

fn check_name(name: &str) -> Result<()> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    if !name.is_empty() && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::usage(format!("`{name}` is no name in a unit file"))
        .hint("sections and settings have names such as Service and ExecStart"))
}

fn add(block: &mut String, setting: &str, value: &Value) -> Result<()> {
    let text = match value {
        Value::Unit => return Ok(()),
        Value::Secret(secret) => secret.reveal().to_owned(),
        Value::Text(_) | Value::Word(_) | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            value.to_string()
        }
        other => {
            return Err(Error::usage(format!("`{setting}` cannot be {}", other.kind()))
                .hint("a setting is text, a number, true or false, or a list of these"));
        }
    };
    if text.contains(['\n', '\r']) {
        return Err(Error::usage(format!("`{setting}` must be one line"))
            .hint("give a list where a setting stands there several times"));
    }
    block.extend([setting, "=", &text, "\n"]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(name: &str, setting: &str, value: Value) -> Sections {
        let settings = IndexMap::from([(setting.to_owned(), value)]);
        IndexMap::from([(name.to_owned(), settings)])
    }

    #[test]
    fn writes_lists_as_lines_and_the_sections_in_order() {
        let mut all = sections("Install", "WantedBy", Value::from("multi-user.target"));
        let list = Value::List(vec![Value::from("A=1"), Value::from("B=%h x")]);
        all.extend(sections("Service", "Environment", list));
        all.extend(sections("Unit", "Description", Value::Unit));
        let text = unit_text(&all).unwrap();
        assert_eq!(
            text,
            "[Unit]\n\n[Service]\nEnvironment=A=1\nEnvironment=B=%h x\n\n[Install]\nWantedBy=multi-user.target\n"
        );
    }

    #[test]
    fn refuses_what_would_become_another_line() {
        for (name, setting, value) in [
            ("Service", "ExecStart", Value::from("/bin/a\nUser=root")),
            ("Service", "User=root\nX", Value::from("1")),
            ("Service]\n[X", "User", Value::from("1")),
            ("Service", "User", Value::Map(IndexMap::new())),
        ] {
            assert!(unit_text(&sections(name, setting, value)).is_err(), "{name} {setting}");
        }
    }
}
