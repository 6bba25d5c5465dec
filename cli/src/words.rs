//! Numbers, lists and times as people write them.

use std::fmt::{Arguments, Write};

/// Adds formatted text; writing to a `String` cannot fail.
pub(crate) fn add(text: &mut String, more: Arguments<'_>) {
    let _ = text.write_fmt(more);
}

/// `1 host`, `2 hosts`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Names with commas, cut where they would be longer than `width` characters: `a, b and 47 more`.
/// The first name is always there.
pub(crate) fn list<T: AsRef<str>>(names: &[T], width: usize) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let whole = names.join(", ");
    if whole.chars().count() <= width {
        return whole;
    }
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let more = format!(" and {} more", names.len() - at);
        let needed = text.chars().count() + 2 + name.chars().count() + more.len();
        if at > 0 && needed > width {
            return text + more.as_str();
        }
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    text
}

/// Names as a sentence has them: `a`, `a and b`, `a, b and c`.
pub(crate) fn sentence<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// A time: `45 ms`, `2.1 s`, `3 min 5 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 0.0995 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let minutes = (seconds.round() / 60.0).floor();
    format!("{minutes:.0} min {:.0} s", seconds.round() - minutes * 60.0)
}

/// A time of some seconds at least: `30 s`, `3 min 5 s`.
pub(crate) fn whole_seconds(time: f64) -> String {
    if time < 59.5 { format!("{time:.0} s") } else { seconds(time) }
}

/// A line of at most `width` characters; where it is longer, `…` ends it.
pub(crate) fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut cut: String = line.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// `text` with every line after `prefix`; empty lines stay empty.
pub(crate) fn indent(text: &str, prefix: &str) -> String {
    let mut indented = String::new();
    for line in text.lines() {
        if !line.is_empty() {
            indented.push_str(prefix);
            indented.push_str(line);
        }
        indented.push('\n');
    }
    indented
}

/// A line as words: quotes hold words with spaces together; `None` where one is left open.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut is_inside = false;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, letter) if letter.is_whitespace() => is_inside = false,
            _ => {
                if !is_inside {
                    words.push(String::new());
                    is_inside = true;
                }
                if quote.is_none() && matches!(letter, '"' | '\'') {
                    quote = Some(letter);
                } else {
                    words.last_mut()?.push(letter);
                }
            }
        }
    }
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_in_singular_and_plural() {
        assert_eq!(count(0, "host"), "0 hosts");
        assert_eq!(count(1, "host"), "1 host");
        assert_eq!(count(2, "host"), "2 hosts");
    }

    #[test]
    fn cuts_lists_where_the_line_ends() {
        let names = ["web1", "web2", "web3", "web4"];
        for (width, expected) in [
            (80, "web1, web2, web3, web4"),
            (22, "web1, web2, web3, web4"),
            (21, "web1, web2 and 2 more"),
            (20, "web1 and 3 more"),
            (0, "web1 and 3 more"),
        ] {
            assert_eq!(list(&names, width), expected, "{width}");
        }
        assert_eq!(list(&["a"], 0), "a");
        let many: Vec<String> = (1..=50).map(|it| format!("h{it}")).collect();
        assert_eq!(list(&many, 22), "h1, h2, h3 and 47 more");
    }

    #[test]
    fn writes_times_without_false_precision() {
        for (time, expected) in [
            (0.0, "0 ms"),
            (0.0449, "45 ms"),
            (0.0999, "0.1 s"),
            (2.13, "2.1 s"),
            (59.96, "1 min 0 s"),
            (185.2, "3 min 5 s"),
        ] {
            assert_eq!(seconds(time), expected);
        }
    }

    #[test]
    fn cuts_lines_with_a_mark() {
        assert_eq!(cut("äbcd", 4), "äbcd");
        assert_eq!(cut("äbcd", 3), "äb…");
    }

    #[test]
    fn joins_names_as_a_sentence_does() {
        assert_eq!(sentence(&["a"]), "a");
        assert_eq!(sentence(&["a", "b"]), "a and b");
        assert_eq!(sentence(&["a", "b", "c"]), "a, b and c");
    }
}
