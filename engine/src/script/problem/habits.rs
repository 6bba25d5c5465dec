//! What people write who come from Python or YAML, and how it is said here.

/// What stands where a script does not parse.
struct Spot<'a> {
    /// The line's first word.
    first: &'a str,
    /// The word that ends before the place.
    last: &'a str,
    /// The word that begins at the place.
    next: &'a str,
    before: &'a str,
    rest: &'a str,
}

/// Advice for a script that does not parse at a line and column (from 1 on). `missing` is the token that the parser wants.
pub(super) fn at(text: &str, line: usize, column: usize, missing: &str) -> Option<&'static str> {
    let whole = text.lines().nth(line.checked_sub(1)?)?;
    let start = whole.char_indices().nth(column.checked_sub(1)?).map_or(whole.len(), |it| it.0);
    let (before, rest) = whole.split_at(start);
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let spot = Spot {
        first: whole.split_whitespace().next().unwrap_or_default(),
        last: before.trim_end().rsplit(|it| !is_word(it)).next().unwrap_or_default(),
        next: rest.split(|it| !is_word(it)).next().unwrap_or_default(),
        before,
        rest,
    };
    of_words(&spot).or_else(|| of_marks(&spot, missing))
}

fn of_words(spot: &Spot) -> Option<&'static str> {
    Some(match (spot.first, spot.last, spot.next) {
        ("from", ..) => "operations need no import: they are there in every script",
        ("def", ..) => "a function is written `fn name(a, b) { … }`",
        (_, "elif", _) | (_, _, "elif") => "write `else if`",
        (_, "not", _) | (_, _, "not") => "write `!x` for `not x`",
        (_, _, "and") => "write `&&`",
        (_, _, "or") => "write `||`",
        (_, _, "is") => "write `==`; Python's `None` is `()`",
        _ => return None,
    })
}

fn of_marks(spot: &Spot, missing: &str) -> Option<&'static str> {
    let begins = |marks: &[char]| spot.rest.starts_with(marks);
    Some(match missing {
        "," if begins(&['=', ':']) && !spot.last.is_empty() => {
            "named arguments stand in a map behind the others: `#{ name: \"…\", mode: \"644\" }`"
        }
        "{" if begins(&[':']) => "a block stands in braces: `if x { … }`",
        ":" if begins(&['=']) => "an entry of a map is written `name: value`",
        "," | ";" if spot.last == "f" && begins(&['"']) => {
            "text with values in it stands between backticks: `…${host.name}…`"
        }
        ";" if begins(&[':']) && spot.before.contains('{') => {
            "a map begins with `#{`: `#{ mode: \"755\" }`"
        }
        _ => return None,
    })
}

/// Advice for a name that is another one here.
pub(in crate::script) fn of_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "True" => "write `true`",
        "False" => "write `false`",
        "None" | "null" | "nil" => "nothing is written `()`",
        "str" => "write `x.to_string()`",
        "int" => "write `parse_int(text)`",
        "float" => "write `parse_float(text)`",
        "range" => "write `0..3`, or `range(0, 3)`",
        "append" => "write `list.push(value)`",
        "strip" => "write `text.trim()`",
        "startswith" => "write `text.starts_with(\"…\")`",
        "endswith" => "write `text.ends_with(\"…\")`",
        "upper" => "write `text.to_upper()`",
        "lower" => "write `text.to_lower()`",
        _ => return None,
    })
}
