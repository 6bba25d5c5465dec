//! Mistakes as text: the sentence, the place with its line, the way there, the way out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use infra_engine::command::blank;
use infra_engine::place::{Place, Problem};

use crate::terminal::{self, Role, Style};
use crate::words::{self, add};

/// At most so many calls that led to a mistake are shown.
const CALLS: usize = 6;

/// A mistake as text; ends with a line break.
pub(crate) fn render(problem: &Problem, style: Style) -> String {
    let hosts: Vec<&str> = problem.host.as_deref().into_iter().collect();
    render_on(problem, &hosts, style)
}

/// A mistake that showed on these hosts, as text.
pub(crate) fn render_on(problem: &Problem, hosts: &[&str], style: Style) -> String {
    let Some(place) = &problem.place else { return without_place(problem, hosts, style) };
    let title = Level::ERROR.primary_title(problem.error.message.as_str());
    let source = problem.source.as_deref().map(without_secrets);
    let excerpt = source.as_deref().and_then(|source| excerpt(problem, place, source));
    let mut report = match excerpt {
        Some(snippet) => title.element(snippet),
        None => title.element(origin(place)),
    };
    if let Some(inside) = &problem.inside {
        report = report.element(Level::NOTE.message(format!("found in {inside}")));
    }
    for call in problem.calls.iter().take(CALLS) {
        report = report.element(Level::NOTE.message(format!("called from {call}")));
    }
    if problem.calls.len() > CALLS {
        let more = words::count(problem.calls.len() - CALLS, "more call");
        report = report.element(Level::NOTE.message(format!("and {more}")));
    }
    if !hosts.is_empty() {
        let hosts = words::list(hosts, 60);
        report = report.element(Level::NOTE.message(format!("on {hosts}")));
    }
    if let Some(hint) = &problem.error.hint {
        report = report.element(Level::HELP.with_name("hint").message(hint.as_str()));
    }
    let renderer = if style.is_coloured() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(terminal::width());
    let mut text = renderer.render(&[report]);
    text.push('\n');
    text
}

fn without_place(problem: &Problem, hosts: &[&str], style: Style) -> String {
    let mut text = format!("{} {}\n", style.paint(Role::Bad, "error:"), problem.error.message);
    if !hosts.is_empty() {
        add(&mut text, format_args!("  on {}\n", words::list(hosts, 60)));
    }
    if let Some(hint) = &problem.error.hint {
        add(&mut text, format_args!("  {} {hint}\n", style.paint(Role::Notice, "hint:")));
    }
    text
}

/// Several mistakes, with empty lines between them.
pub(crate) fn render_all(problems: &[Problem], style: Style) -> String {
    let texts: Vec<String> = problems.iter().map(|problem| render(problem, style)).collect();
    texts.join("\n")
}

fn origin(place: &Place) -> Origin<'_> {
    let origin = Origin::path(&*place.file);
    if place.line == 0 {
        return origin;
    }
    origin.line(place.line).char_column(place.column)
}

/// A script's text with stars in place of secrets: of those that are known, and of what stands in `secret("…")` in a
/// script that was not evaluated. They are as long, as an excerpt shows a part of a long line.
fn without_secrets(source: &str) -> String {
    const CALL: &str = "secret(";
    let mut clean = String::with_capacity(source.len());
    let known = blank(source);
    let mut rest = &*known;
    while let Some(at) = rest.find(CALL) {
        let (before, literal) = rest.split_at(at + CALL.len());
        clean.push_str(before);
        rest = literal;
        let Some(quote) = literal.trim_start().chars().next().filter(|it| "\"`'".contains(*it))
        else {
            continue;
        };
        let inside = literal.find(quote).map_or(0, |at| at + 1);
        let (open, text) = literal.split_at(inside);
        let mut is_escaped = false;
        let is_end = |it: char| {
            let ends = (it == quote && !is_escaped) || (it == '\n' && quote != '`');
            is_escaped = it == '\\' && !is_escaped && quote != '`';
            ends
        };
        let (word, behind) = text.split_at(text.find(is_end).unwrap_or(text.len()));
        clean.push_str(open);
        clean.extend(word.chars().map(|it| if it == '\n' { it } else { '*' }));
        rest = behind;
    }
    clean.push_str(rest);
    clean
}

/// The line with the mistake, marked; `None` where there is no such line.
fn excerpt<'a>(
    problem: &'a Problem,
    place: &'a Place,
    source: &'a str,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let line_start = line_start(source, place.line)?;
    let rest = source.get(line_start..)?;
    let line = rest.split('\n').next()?;
    let at = byte_of(line, place.column.saturating_sub(1));
    let marked = line.get(at..)?;
    let width = match problem.width {
        0 => token_width(marked),
        width => width,
    };
    // At the end of a line there is nothing to mark but the end.
    let end = at + byte_of(marked, width);
    let annotation = AnnotationKind::Primary.span(line_start + at..line_start + end);
    Some(Snippet::source(source).path(&*place.file).annotation(annotation))
}

/// Where a line begins, in bytes.
fn line_start(source: &str, line: usize) -> Option<usize> {
    match line {
        0 => None,
        1 => Some(0),
        _ => source.match_indices('\n').nth(line - 2).map(|(at, _)| at + 1),
    }
}

/// Where the character of that index begins, in bytes; the end where there are fewer.
fn byte_of(line: &str, characters: usize) -> usize {
    line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at)
}

/// How many characters belong to what begins here: a name with its dots, a number, a string, a sign.
fn token_width(text: &str) -> usize {
    let is_name = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
    let Some(first) = text.chars().next() else { return 0 };
    if is_name(first) {
        return text.chars().take_while(|it| is_name(*it)).count();
    }
    if matches!(first, '"' | '\'' | '`') {
        let inner = text.chars().skip(1).take_while(|it| *it != first).count();
        return (inner + 2).min(text.chars().count());
    }
    1
}

#[cfg(test)]
mod tests {
    use infra_engine::error::Error;

    use super::*;

    const SCRIPT: &str = "let x = 1;\nserver.usr(\"äpp\", #{ shel: \"/bin/sh\" });\n";

    fn at(line: usize, column: usize) -> Problem {
        let place = Place { file: "deploy.rhai".into(), line, column };
        let error = Error::usage("`server` has no operation `usr`").hint("did you mean `user`?");
        Problem::at(error, place, Some(SCRIPT.into()))
    }

    #[test]
    fn points_at_the_name() {
        let expected = r#"error: `server` has no operation `usr`
 --> deploy.rhai:2:1
  |
2 | server.usr("äpp", #{ shel: "/bin/sh" });
  | ^^^^^^^^^^
  |
  = hint: did you mean `user`?
"#;
        assert_eq!(render(&at(2, 1), Style::PLAIN), expected);
    }

    #[test]
    fn counts_columns_in_characters() {
        let mut problem = at(2, 22);
        problem.width = 4;
        problem.error.hint = None;
        problem.host = Some("web1".to_owned());
        problem.calls = vec![Place { file: "main.rhai".into(), line: 3, column: 1 }];
        let expected = r#"error: `server` has no operation `usr`
 --> deploy.rhai:2:22
  |
2 | server.usr("äpp", #{ shel: "/bin/sh" });
  |                      ^^^^
  |
  = note: called from main.rhai:3:1
  = note: on web1
"#;
        assert_eq!(render(&problem, Style::PLAIN), expected);
    }

    #[test]
    fn needs_neither_place_nor_source() {
        let problem = Problem::new(Error::usage("no host matched `web*`").hint("try `app*`"));
        let expected = "error: no host matched `web*`\n  hint: try `app*`\n";
        assert_eq!(render(&problem, Style::PLAIN), expected);
        let mut problem = at(9, 3);
        problem.error.hint = None;
        let expected = "error: `server` has no operation `usr`\n--> deploy.rhai:9:3\n";
        assert_eq!(render(&problem, Style::PLAIN), expected);
    }

    #[test]
    fn a_place_outside_the_source_is_no_trouble() {
        for (line, column) in [(0, 0), (1, 99), (2, 0), (3, 1), (4, 1), (99, 99)] {
            assert!(render(&at(line, column), Style::PLAIN).contains("deploy.rhai"));
        }
    }
}
