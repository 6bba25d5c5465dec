//! Markdown as the manual and the guides use it, as HTML: headings, paragraphs, lists, tables, code,
//! links, emphasis.

use crate::words::add;

/// A text as HTML. `link` says where a link leads.
pub(super) fn html(text: &str, link: &dyn Fn(&str) -> String) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut html = String::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        rest = if line.trim().is_empty() {
            after
        } else if let Some(kind) = line.trim_start().strip_prefix("```") {
            fenced(kind, after, &mut html)
        } else if line.starts_with("    ") {
            indented(rest, &mut html)
        } else if let Some(title) = heading(line) {
            add(&mut html, format_args!("{}\n", title_html(title, link)));
            after
        } else if is_item(line).is_some() {
            list(rest, &mut html, link)
        } else if line.starts_with('|') {
            table(rest, &mut html, link)
        } else {
            paragraph(rest, &mut html, link)
        };
    }
    html
}

/// Characters that mean something in HTML, as text.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Code in colours: comments and text.
pub(super) fn code(text: &str) -> String {
    let mut html = String::new();
    for line in text.trim_end().lines() {
        let comment = line.trim_start().starts_with("//") || line.trim_start().starts_with('#');
        if comment && !line.trim_start().starts_with("#{") {
            add(&mut html, format_args!("<i>{}</i>\n", escape(line)));
            continue;
        }
        for (at, part) in line.split('"').enumerate() {
            let quoted = escape(part);
            let text = if at % 2 == 1 { format!("<b>\"{quoted}\"</b>") } else { quoted };
            html.push_str(&text);
        }
        html.push('\n');
    }
    format!("<pre><code>{}</code></pre>\n", html.trim_end())
}

fn fenced<'a, 't>(kind: &str, lines: &'a [&'t str], html: &mut String) -> &'a [&'t str] {
    let end = lines.iter().position(|it| it.trim_start().starts_with("```"));
    let end = end.unwrap_or(lines.len());
    let text = lines.get(..end).unwrap_or_default().join("\n");
    html.push_str(&if kind.trim().is_empty() || kind.trim() == "text" {
        format!("<pre><code>{}</code></pre>\n", escape(&text))
    } else {
        code(&text)
    });
    lines.get(end + 1..).unwrap_or_default()
}

fn indented<'a, 't>(lines: &'a [&'t str], html: &mut String) -> &'a [&'t str] {
    let end = lines
        .iter()
        .position(|it| !it.starts_with("    ") && !it.trim().is_empty())
        .unwrap_or(lines.len());
    let block: Vec<&str> =
        lines.iter().take(end).map(|it| it.strip_prefix("    ").unwrap_or("")).collect();
    add(html, format_args!("<pre><code>{}</code></pre>\n", escape(block.join("\n").trim_end())));
    lines.get(end..).unwrap_or_default()
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|it| *it == '#').count();
    let text = line.get(level..)?.strip_prefix(' ')?;
    (1..=4).contains(&level).then_some((level, text))
}

fn title_html((level, text): (usize, &str), link: &dyn Fn(&str) -> String) -> String {
    let id: String = text
        .to_lowercase()
        .chars()
        .filter_map(|it| match it {
            ' ' => Some('-'),
            it if it.is_alphanumeric() || it == '-' => Some(it),
            _ => None,
        })
        .collect();
    format!("<h{level} id=\"{id}\">{}</h{level}>", inline(text, link))
}

/// The text of a list's item, and whether the list is numbered.
fn is_item(line: &str) -> Option<(bool, &str)> {
    let text = line.trim_start();
    if let Some(rest) = text.strip_prefix("* ").or_else(|| text.strip_prefix("- ")) {
        return Some((false, rest));
    }
    let (number, rest) = text.split_once(". ")?;
    number
        .chars()
        .all(|it| it.is_ascii_digit())
        .then_some((true, rest))
        .filter(|_| !number.is_empty())
}

fn list<'a, 't>(
    mut lines: &'a [&'t str],
    html: &mut String,
    link: &dyn Fn(&str) -> String,
) -> &'a [&'t str] {
    let numbered = lines.first().and_then(|it| is_item(it)).is_some_and(|it| it.0);
    let tag = if numbered { "ol" } else { "ul" };
    add(html, format_args!("<{tag}>\n"));
    while let Some((line, after)) = lines.split_first() {
        let Some((_, first)) = is_item(line) else { break };
        let mut text = first.to_owned();
        lines = after;
        while let Some((more, after)) = lines.split_first() {
            if more.trim().is_empty() || is_item(more).is_some() || !more.starts_with(' ') {
                break;
            }
            add(&mut text, format_args!(" {}", more.trim()));
            lines = after;
        }
        add(html, format_args!("<li>{}</li>\n", inline(&text, link)));
    }
    add(html, format_args!("</{tag}>\n"));
    lines
}

/// Stands for a bar in a table's cell.
const BAR: &str = "\u{1}";

fn table<'a, 't>(
    lines: &'a [&'t str],
    html: &mut String,
    link: &dyn Fn(&str) -> String,
) -> &'a [&'t str] {
    let end = lines.iter().position(|it| !it.starts_with('|')).unwrap_or(lines.len());
    html.push_str("<div class=\"wide\"><table>\n");
    for (at, line) in lines.iter().take(end).enumerate() {
        if line.chars().all(|it| "|-: ".contains(it)) {
            continue;
        }
        let tag = if at == 0 { "th" } else { "td" };
        let row = line.trim().trim_matches('|').replace("\\|", BAR);
        html.push_str("<tr>");
        for cell in row.split('|') {
            let text = inline(cell.trim(), link).replace(BAR, "|");
            add(html, format_args!("<{tag}>{text}</{tag}>"));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
    lines.get(end..).unwrap_or_default()
}

fn paragraph<'a, 't>(
    lines: &'a [&'t str],
    html: &mut String,
    link: &dyn Fn(&str) -> String,
) -> &'a [&'t str] {
    let ends = |line: &&str| {
        line.trim().is_empty() || line.trim_start().starts_with("```") || is_item(line).is_some()
    };
    let end = lines.iter().skip(1).position(ends).map_or(lines.len(), |it| it + 1);
    let text = lines.get(..end).unwrap_or_default().join(" ");
    add(html, format_args!("<p>{}</p>\n", inline(text.trim(), link)));
    lines.get(end..).unwrap_or_default()
}

/// Code, links and emphasis within a line.
pub(super) fn inline(text: &str, link: &dyn Fn(&str) -> String) -> String {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            add(&mut html, format_args!("<code>{}</code>", escape(part)));
        } else {
            html.push_str(&links(part, link));
        }
    }
    html
}

fn links(text: &str, link: &dyn Fn(&str) -> String) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, label, address, after)) = next_link(rest) {
        let name = emphasis(&escape(label));
        add(
            &mut html,
            format_args!(
                "{}<a href=\"{}\">{name}</a>",
                emphasis(&escape(before)),
                escape(&link(address))
            ),
        );
        rest = after;
    }
    html.push_str(&emphasis(&escape(rest)));
    html
}

/// `before [label](address) after`
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, label) = head.rsplit_once('[')?;
    let (address, after) = tail.split_once(')')?;
    Some((before, label, address, after))
}

fn emphasis(text: &str) -> String {
    marked(&marked(text, "**", "strong"), "*", "em")
}

fn marked(text: &str, mark: &str, tag: &str) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let mut html = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            add(&mut html, format_args!("<{tag}>{part}</{tag}>"));
        } else {
            html.push_str(part);
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_the_manual_uses() {
        let text = "# A & B\n\nOne `x < y` and\n**two** *more*: [here](a.md).\n\n* first\n  more\n* second\n\n1. one\n\n\
            | a | b |\n|---|---|\n| `c\\|` | d |\n\n```rhai\nlet x = \"<\"; // y\n// all\n```\n\n    run it\n\nEnd";
        let expected = "<h1 id=\"a--b\">A &amp; B</h1>\n\
            <p>One <code>x &lt; y</code> and <strong>two</strong> <em>more</em>: <a href=\"to/a.md\">here</a>.</p>\n\
            <ul>\n<li>first more</li>\n<li>second</li>\n</ul>\n<ol>\n<li>one</li>\n</ol>\n\
            <div class=\"wide\"><table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td><code>c|</code></td><td>d</td></tr>\n</table></div>\n\
            <pre><code>let x = <b>\"&lt;\"</b>; // y\n<i>// all</i></code></pre>\n\
            <pre><code>run it</code></pre>\n<p>End</p>\n";
        assert_eq!(html(text, &|it| format!("to/{it}")), expected);
    }
}
