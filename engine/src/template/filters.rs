//! Filters beyond Jinja2's own that people know from Ansible.

mod collections;
mod formats;
mod jinja;
mod numbers;
mod text;

pub(super) use jinja::escaped;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind};
use regex::Regex;

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
    let modules = [text::NAMES, formats::NAMES, collections::NAMES, jinja::NAMES, numbers::NAMES];
    OWN.iter().copied().chain(modules.into_iter().flatten().copied())
}

/// Adds the filters.
pub(super) fn add(environment: &mut Environment<'_>) {
    jinja::add(environment);
    numbers::add(environment);
    text::add(environment);
    formats::add(environment);
    collections::add(environment);
}

/// A regular expression with the options that the regex filters and tests share: `ignorecase`,
/// `multiline`.
pub(super) fn expression(pattern: &str, options: &Kwargs) -> Result<Regex, Error> {
    let flag = |name| options.get::<Option<bool>>(name).map(Option::unwrap_or_default);
    let expression = regex::RegexBuilder::new(pattern)
        .case_insensitive(flag("ignorecase")?)
        .multi_line(flag("multiline")?)
        .build();
    options.assert_all_used()?;
    expression.map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
        wrong(format!("`{pattern}` is no regular expression: {why}"))
    })
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
