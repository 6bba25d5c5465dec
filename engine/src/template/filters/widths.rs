//! Filters that bring text to a width: filled up, cut off, or wrapped.

use minijinja::value::{ArgType, Kwargs, Rest, StringInput, ValueOrKwargs, from_args};
use minijinja::{Environment, Error};

pub(super) const NAMES: &[&str] = &["center", "ljust", "rjust", "truncate", "wordwrap"];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("center", |text: StringInput<'_>, width: Option<usize>| {
        // Python puts the odd space before in a field of odd width.
        let width = width.unwrap_or(80);
        pad(text.as_str(), width, |gap| gap / 2 + (gap & width & 1))
    });
    environment.add_filter("ljust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |_| 0)
    });
    environment.add_filter("rjust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |gap| gap)
    });
    environment.add_filter("truncate", truncate);
    environment.add_filter("wordwrap", wordwrap);
}

fn pad(text: &str, width: usize, before: impl Fn(usize) -> usize) -> String {
    let gap = width.min(10_000).saturating_sub(text.chars().count());
    let left = before(gap);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(gap - left))
}

/// Jinja2's `truncate(length=255, killwords=False, end="...", leeway=5)`: the end counts.
fn truncate(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let arguments = arguments.into_values();
    let (length, kill_words, end, leeway, options): (
        Option<usize>,
        Option<bool>,
        Option<String>,
        Option<usize>,
        Kwargs,
    ) = from_args(&arguments)?;
    let length = or_named(length, &options, "length")?.unwrap_or(255);
    let kill_words = or_named(kill_words, &options, "killwords")?.unwrap_or(false);
    let end = or_named(end, &options, "end")?.unwrap_or_else(|| "...".to_owned());
    let leeway = or_named(leeway, &options, "leeway")?.unwrap_or(5);
    options.assert_all_used()?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text.to_owned());
    }
    let kept: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = match kept.rsplit_once(' ') {
        Some((words, _)) if !kill_words => words,
        _ => kept.as_str(),
    };
    Ok(format!("{kept}{end}"))
}

/// Jinja2's `wordwrap(width=79, break_long_words=True, wrapstring=newline, break_on_hyphens=True)`.
fn wordwrap(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let arguments = arguments.into_values();
    let (width, split, joint, hyphens, options): (
        Option<usize>,
        Option<bool>,
        Option<String>,
        Option<bool>,
        Kwargs,
    ) = from_args(&arguments)?;
    let width = or_named(width, &options, "width")?.unwrap_or(79).max(1);
    let split = or_named(split, &options, "break_long_words")?.unwrap_or(true);
    let joint = or_named(joint, &options, "wrapstring")?.unwrap_or_else(|| "\n".to_owned());
    let hyphens = or_named(hyphens, &options, "break_on_hyphens")?.unwrap_or(true);
    options.assert_all_used()?;
    let wrapped: Vec<String> =
        text.lines().map(|line| wrap(line, width, split, hyphens).join(&joint)).collect();
    Ok(wrapped.join(&joint))
}

/// As Python's `textwrap` does it: a line takes pieces as long as they fit, and has no gap at its end.
fn wrap(line: &str, width: usize, split_words: bool, hyphens: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    let finish = |lines: &mut Vec<String>, current: &mut String| {
        let done = std::mem::take(current);
        let done = done.trim_end();
        if !done.is_empty() {
            lines.push(done.to_owned());
        }
    };
    for piece in pieces(line, hyphens) {
        let mut piece = piece;
        loop {
            if used == 0 && !lines.is_empty() && piece.trim().is_empty() {
                break;
            }
            let length = piece.chars().count();
            if used + length <= width || (used == 0 && !split_words) {
                current.push_str(&piece);
                used += length;
                break;
            }
            if length > width && split_words && used < width {
                let at = cut(&piece, width - used, hyphens);
                let rest = piece.split_off(at);
                current.push_str(&piece);
                piece = rest;
            }
            finish(&mut lines, &mut current);
            used = 0;
        }
    }
    finish(&mut lines, &mut current);
    lines
}

/// Where a word that is longer than a line is cut: behind the last hyphen that fits, if it has one.
fn cut(word: &str, room: usize, hyphens: bool) -> usize {
    let end = word.char_indices().nth(room).map_or(word.len(), |(at, _)| at);
    let head = word.get(..end).unwrap_or_default();
    match head.rfind('-').filter(|_| hyphens) {
        Some(at) if head.get(..at).is_some_and(|it| it.contains(|c| c != '-')) => at + 1,
        _ => end,
    }
}

/// Words and the gaps between them; with `hyphens`, a word ends behind a hyphen between letters.
fn pieces(line: &str, hyphens: bool) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(|it| it.is_alphabetic() || *it == '_')
    };
    let is_hyphen = |at: Option<usize>| at.and_then(|at| letters.get(at)) == Some(&'-');
    let mut pieces = vec![String::new()];
    for (at, it) in letters.iter().enumerate() {
        let before = at.checked_sub(1);
        let two_before = at.checked_sub(2);
        let three_before = at.checked_sub(3);
        let turns = before
            .and_then(|at| letters.get(at))
            .is_some_and(|last| last.is_whitespace() != it.is_whitespace());
        let is_behind_hyphen = hyphens
            && is_hyphen(before)
            && is_letter(two_before)
            && (is_letter(three_before)
                || (is_hyphen(three_before) && is_letter(at.checked_sub(4))))
            && is_letter(Some(at))
            && (is_letter(Some(at + 1)) || (is_hyphen(Some(at + 1)) && is_letter(Some(at + 2))));
        if turns || is_behind_hyphen {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(*it);
        }
    }
    pieces.retain(|it| !it.is_empty());
    pieces
}

fn or_named<T>(given: Option<T>, options: &Kwargs, name: &'static str) -> Result<Option<T>, Error>
where
    for<'a> Option<T>: ArgType<'a, Output = Option<T>>,
{
    match given {
        Some(given) => Ok(Some(given)),
        None => options.get(name),
    }
}
