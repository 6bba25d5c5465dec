//! Filters beyond Jinja2's own that people know from Ansible.

mod collections;
mod expressions;
mod formats;
mod jinja;
mod numbers;
mod paths;
mod text;
mod widths;

use minijinja::{Environment, Error, ErrorKind};

pub(super) use expressions::expression;
pub(super) use jinja::escaped;

/// The filters of the language itself, for suggestions.
const OWN: &[&str] = &[
    "safe",
    "escape",
    "e",
    "lower",
    "upper",
    "title",
    "capitalize",
    "replace",
    "length",
    "count",
    "dictsort",
    "items",
    "reverse",
    "trim",
    "join",
    "split",
    "lines",
    "default",
    "d",
    "round",
    "abs",
    "int",
    "float",
    "attr",
    "first",
    "last",
    "min",
    "max",
    "sort",
    "list",
    "string",
    "batch",
    "slice",
    "sum",
    "indent",
    "select",
    "reject",
    "selectattr",
    "rejectattr",
    "map",
    "groupby",
    "unique",
    "chain",
    "zip",
    "pprint",
    "format",
    "tojson",
    "pluralize",
    "filesizeformat",
    "striptags",
];

/// The names of all filters.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let modules = [
        text::NAMES,
        expressions::NAMES,
        paths::NAMES,
        widths::NAMES,
        formats::NAMES,
        collections::NAMES,
        jinja::NAMES,
        numbers::NAMES,
    ];
    OWN.iter().copied().chain(modules.into_iter().flatten().copied())
}

/// Adds the filters.
pub(super) fn add(environment: &mut Environment<'_>) {
    jinja::add(environment);
    numbers::add(environment);
    text::add(environment);
    expressions::add(environment);
    paths::add(environment);
    widths::add(environment);
    formats::add(environment);
    collections::add(environment);
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
