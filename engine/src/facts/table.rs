//! Rows as the clients of databases print them: a line of titles, then a line for each row.

use serde_json::{Map, Value};

/// One row: its columns by title.
pub(crate) type Row = Map<String, Value>;

/// Reads lines of columns; a column with nothing in it is `null`. `None` where a row has another number
/// of columns than there are titles.
pub(crate) fn rows(
    output: &str,
    separator: char,
    title: impl Fn(&str) -> String,
    value: impl Fn(&str) -> String,
) -> Option<Vec<Row>> {
    let mut lines = output.lines();
    let titles: Vec<String> = lines.next()?.split(separator).map(title).collect();
    let row = |line: &str| {
        let columns: Vec<&str> = line.split(separator).collect();
        let cell = |text: &str| match text {
            "" => Value::Null,
            text => Value::String(value(text)),
        };
        let pairs = titles.iter().cloned().zip(columns.iter().map(|it| cell(it)));
        (columns.len() == titles.len()).then(|| pairs.collect())
    };
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

/// Makes a number of a column, where it is one.
pub(crate) fn number(row: &mut Row, column: &str) {
    if let Some(cell) = row.get_mut(column)
        && let Some(number) = cell.as_str().and_then(|it| it.parse::<i64>().ok())
    {
        *cell = Value::from(number);
    }
}

/// Makes true or false of a column; `yes` is how the server writes true.
pub(crate) fn boolean(row: &mut Row, column: &str, yes: &str) {
    if let Some(cell) = row.get_mut(column) {
        *cell = Value::Bool(cell.as_str() == Some(yes));
    }
}

/// Takes the column out that names a row.
pub(crate) fn take_name(row: &mut Row, column: &str) -> Option<String> {
    match row.shift_remove(column)? {
        Value::String(name) => Some(name),
        _ => None,
    }
}
