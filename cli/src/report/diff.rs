//! What changes, as text: unified diffs of files, one line for a property.

use infra_engine::command::{Diff, scrub};
use similar::TextDiff;

use crate::terminal::{Role, Style};

/// Lines around a change.
const CONTEXT: usize = 3;

/// Differences as lines, coloured; empty where there are none.
pub(crate) fn render(diffs: &[Diff], style: Style) -> String {
    let mut text = String::new();
    for line in unified(diffs).lines() {
        let role = match line.as_bytes() {
            [b'+', ..] => Some(Role::Good),
            [b'-', ..] => Some(Role::Bad),
            [b'@', ..] => Some(Role::Notice),
            _ => None,
        };
        match role {
            Some(role) => text.push_str(&style.paint(role, line)),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Differences as lines; empty where there are none.
pub(crate) fn unified(diffs: &[Diff]) -> String {
    let text: String = diffs.iter().map(one).collect();
    scrub(&text).into_owned()
}

fn one(diff: &Diff) -> String {
    match diff {
        Diff::Attribute { of, name, before, after } => {
            let shown = |value: &str| {
                if value.is_empty() { "(none)".to_owned() } else { value.to_owned() }
            };
            format!("{of}: {name}: {} -> {}\n", shown(before), shown(after))
        }
        Diff::Text { path, before, after } => {
            let header = |text: &Option<String>| {
                if text.is_some() { path.clone() } else { "/dev/null".to_owned() }
            };
            let (old, new) =
                (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
            let compared = TextDiff::from_lines(old, new);
            let text = compared
                .unified_diff()
                .context_radius(CONTEXT)
                .header(&header(before), &header(after))
                .to_string();
            match (text.is_empty(), before, after) {
                (false, ..) => text,
                // An empty file has no lines to show.
                (true, None, Some(_)) => format!("{path}: created, empty\n"),
                (true, Some(_), None) => format!("{path}: removed, was empty\n"),
                (true, ..) => String::new(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: Option<&str>, after: Option<&str>) -> String {
        let own = |it: Option<&str>| it.map(str::to_owned);
        unified(&[Diff::Text { path: "/etc/x".into(), before: own(before), after: own(after) }])
    }

    #[test]
    fn files_are_unified_diffs() {
        let expected = "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";
        assert_eq!(text(Some("a\nb\n"), Some("a\nc\n")), expected);
        assert_eq!(text(None, Some("a\n")), "--- /dev/null\n+++ /etc/x\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(text(Some("a\n"), None), "--- /etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
        assert_eq!(text(None, Some("")), "/etc/x: created, empty\n");
        assert_eq!(text(Some("a\n"), Some("a\n")), "");
    }

    #[test]
    fn a_missing_line_end_shows() {
        let expected =
            "--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n";
        assert_eq!(text(Some("a"), Some("a\n")), expected);
    }

    #[test]
    fn properties_are_one_line() {
        let diff = |before: &str, after: &str| Diff::Attribute {
            of: "/etc/x".into(),
            name: "mode".into(),
            before: before.into(),
            after: after.into(),
        };
        let diffs = [diff("600", "644"), diff("", "644")];
        let expected = "/etc/x: mode: 600 -> 644\n/etc/x: mode: (none) -> 644\n";
        assert_eq!(unified(&diffs), expected);
    }
}
