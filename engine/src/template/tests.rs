//! Tests that Ansible's users know: `x is match("…")`, `x is contains(y)`, `v is version("1.2", ">=")`.

use std::cmp::Ordering;

use minijinja::value::{Kwargs, StringInput, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value};

use super::filters::expression;

/// The tests of the language itself, for suggestions.
const OWN: &[&str] = &[
    "undefined",
    "defined",
    "none",
    "safe",
    "escaped",
    "boolean",
    "odd",
    "even",
    "divisibleby",
    "number",
    "integer",
    "int",
    "float",
    "string",
    "sequence",
    "iterable",
    "mapping",
    "startingwith",
    "endingwith",
    "lower",
    "upper",
    "sameas",
    "eq",
    "equalto",
    "ne",
    "lt",
    "lessthan",
    "le",
    "gt",
    "greaterthan",
    "ge",
    "in",
    "true",
    "false",
    "filter",
    "test",
];

const MORE: &[&str] = &[
    "callable", "match", "search", "regex", "contains", "subset", "superset", "version", "any",
    "all", "truthy", "falsy",
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OWN.iter().chain(MORE).copied()
}

pub(super) fn add(environment: &mut Environment<'_>) {
    // Text and maps have a length and items, which is what Jinja2 asks for.
    environment.add_test("sequence", |value: &Value| {
        matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::String)
    });
    environment.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
    environment.add_test("any", |values: &Value| {
        Ok::<bool, Error>(values.try_iter()?.any(|it| it.is_true()))
    });
    environment.add_test("all", |values: &Value| {
        Ok::<bool, Error>(values.try_iter()?.all(|it| it.is_true()))
    });
    environment.add_test("truthy", |value: &Value| value.is_true());
    environment.add_test("falsy", |value: &Value| !value.is_true());
    environment.add_test("match", |text: StringInput<'_>, pattern: &str, options: Kwargs| {
        let found = expression(pattern, &options)?.find(text.as_str()).map(|it| it.start());
        Ok::<bool, Error>(found == Some(0))
    });
    for name in ["search", "regex"] {
        environment.add_test(name, |text: StringInput<'_>, pattern: &str, options: Kwargs| {
            Ok::<bool, Error>(expression(pattern, &options)?.is_match(text.as_str()))
        });
    }
    environment.add_test("contains", |whole: &Value, part: &Value| holds(whole, part));
    environment.add_test("subset", |part: &Value, whole: &Value| all_in(part, whole));
    environment.add_test("superset", |whole: &Value, part: &Value| all_in(part, whole));
    environment.add_test("version", version);
}

fn holds(whole: &Value, part: &Value) -> Result<bool, Error> {
    if let (Some(text), Some(part)) = (whole.as_str(), part.as_str()) {
        return Ok(text.contains(part));
    }
    Ok(whole.try_iter()?.any(|it| it == *part))
}

fn all_in(part: &Value, whole: &Value) -> Result<bool, Error> {
    for item in part.try_iter()? {
        if !holds(whole, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares versions number by number: 1.10 is later than 1.9.
fn version(left: &Value, right: &Value, operator: Option<&str>) -> Result<bool, Error> {
    let order = compare(&left.to_string(), &right.to_string());
    Ok(match operator.unwrap_or("==") {
        "==" | "=" | "eq" => order == Ordering::Equal,
        "!=" | "<>" | "ne" => order != Ordering::Equal,
        "<" | "lt" => order == Ordering::Less,
        "<=" | "le" => order != Ordering::Greater,
        ">" | "gt" => order == Ordering::Greater,
        ">=" | "ge" => order != Ordering::Less,
        other => {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("versions are compared with ==, !=, <, <=, > or >=, not `{other}`"),
            ));
        }
    })
}

fn compare(left: &str, right: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(bool, u64, String)> {
        text.split(['.', '-', '_', '+', '~'])
            .map(|part| match part.parse::<u64>() {
                Ok(number) => (true, number, String::new()),
                Err(_) => (false, 0, part.to_owned()),
            })
            .collect()
    };
    let (mut left, mut right) = (parts(left), parts(right));
    let longest = left.len().max(right.len());
    for list in [&mut left, &mut right] {
        list.resize(longest, (true, 0, String::new()));
    }
    left.cmp(&right)
}

#[cfg(test)]
mod cases {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for (left, right, expected) in [
            ("1.10", "1.9", Ordering::Greater),
            ("1.0", "1", Ordering::Equal),
            ("2.0-rc1", "2.0", Ordering::Less),
            ("12", "9.9.9", Ordering::Greater),
        ] {
            assert_eq!(compare(left, right), expected, "{left} {right}");
        }
    }
}
