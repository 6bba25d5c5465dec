//! What operations, facts and their arguments may be called.

use crate::error::Error;

/// Names that stand for something else before a dot.
const TAKEN: &[&str] = &["host", "inventory", "config", "local", "console"];

pub(super) fn wrong_name(what: &str, name: &str, built_in: bool) -> Option<Error> {
    let error = if built_in {
        Error::usage(format!("the {what} `{name}` is built in")).hint("give yours another name")
    } else if !name.contains('.') || !name.split('.').all(is_identifier) {
        Error::usage(format!("{} cannot be called `{name}`", with_article(what)))
            .hint("a name is a module and a name with a dot between: nginx.site")
    } else if name.split('.').next().is_some_and(|root| TAKEN.contains(&root)) {
        let root = name.split('.').next().unwrap_or_default();
        Error::usage(format!("{} cannot be called `{name}`", with_article(what)))
            .hint(format!("`{root}` stands for something else in scripts"))
    } else {
        return None;
    };
    Some(error)
}

fn with_article(what: &str) -> String {
    format!("{} {what}", if what.starts_with('o') { "an" } else { "a" })
}

pub(super) fn is_identifier(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_lowercase() || it == '_')
        && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}
