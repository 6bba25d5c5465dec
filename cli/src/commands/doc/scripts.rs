//! Scripts of the standard library, and pages about them.

use infra_engine::standard::{self, Function};
use serde_json::{Value as Json, json};

use super::{examples, page};
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// A script with the functions that were asked for.
pub(super) struct Script {
    pub(super) name: &'static str,
    pub(super) doc: String,
    pub(super) functions: Vec<Function>,
}

/// The scripts that have something that is wanted: themselves (without a function), or functions.
pub(super) fn matching(wanted: impl Fn(&Script, Option<&Function>) -> bool) -> Vec<Script> {
    let mut found = Vec::new();
    for module in standard::modules() {
        let functions = module.functions();
        let mut script = Script { name: module.name, doc: module.doc(), functions: Vec::new() };
        let all = wanted(&script, None);
        let some = functions.into_iter().filter(|it| all || wanted(&script, Some(it))).collect();
        script.functions = some;
        if all || !script.functions.is_empty() {
            found.push(script);
        }
    }
    found
}

impl Script {
    /// Whether a name means the script, or that function of it: `std/app`, `std/app.deploy`.
    pub(super) fn is_named(&self, name: &str, function: Option<&Function>) -> bool {
        match function {
            None => name == self.name || (name == "std" && self.name.starts_with("std/")),
            Some(function) => name
                .strip_prefix(self.name)
                .is_some_and(|rest| rest.trim_start_matches(['.', ':']) == function.name),
        }
    }

    /// The name that its examples import it under.
    pub(super) fn alias(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the text is in the manual of the script, or of that function.
    pub(super) fn has(&self, text: &str, function: Option<&Function>) -> bool {
        let text = text.to_lowercase();
        let contains = |it: &str| it.to_lowercase().contains(&text);
        match function {
            None => contains(self.name),
            Some(function) => contains(&function.name) || contains(&function.doc),
        }
    }

    /// As `infra doc --json` has it.
    pub(super) fn json(&self) -> Json {
        let functions = self.functions.iter().map(|it| {
            json!({"name": it.name, "doc": it.doc.trim(), "parameters": it.parameters,
                "example": examples(&it.doc)})
        });
        json!({"name": self.name, "doc": self.doc.trim(), "example": examples(&self.doc),
            "functions": functions.collect::<Vec<_>>()})
    }
}

/// A page for each script; of one function alone where its name was given.
pub(super) fn pages(scripts: &[Script], name: Option<&str>, style: Style) -> String {
    let mut text = String::new();
    for script in scripts {
        if name.is_none_or(|name| script.is_named(name, None)) {
            let title = style.paint(Role::Title, script.name);
            let about = style.paint(Role::Quiet, "standard library");
            add(&mut text, format_args!("{title}  {about}\n\n"));
            text.push_str(&words::indent(&page::prose(&script.doc, style), "  "));
        }
        let alias = script.alias();
        for function in &script.functions {
            let call = format!("{alias}::{}({})", function.name, function.parameters.join(", "));
            add(&mut text, format_args!("\n{}\n\n", style.paint(Role::Title, call)));
            text.push_str(&words::indent(&page::prose(&function.doc, style), "  "));
        }
        text.push('\n');
    }
    text
}
