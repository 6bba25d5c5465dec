//! What an operation changes, for people.

use super::scrub;

/// What changes about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Diff {
    /// The text of a file; `None` where there is no file.
    Text {
        /// The path on the host.
        path: String,
        /// What is there.
        before: Option<String>,
        /// What will be there.
        after: Option<String>,
    },
    /// One property: `mode 600 → 644`.
    Attribute {
        /// What it belongs to: `/etc/app.conf`, `user app`.
        of: String,
        /// Its name.
        name: String,
        /// What it is; empty where it is not set.
        before: String,
        /// What it will be.
        after: String,
    },
}

/// Differences as text: unified for files, `name: before -> after` for the rest.
pub(crate) fn diff_text(diffs: &[Diff]) -> String {
    let mut text = String::new();
    for it in diffs {
        match it {
            Diff::Text { path, before, after } => {
                let (old, new) = (before.as_deref().unwrap_or(""), after.as_deref().unwrap_or(""));
                let old_name = if before.is_some() { path } else { "/dev/null" };
                let new_name = if after.is_some() { path } else { "/dev/null" };
                let lines = similar::TextDiff::from_lines(old, new);
                text += &lines.unified_diff().header(old_name, new_name).to_string();
            }
            Diff::Attribute { of, name, before, after } => {
                text += &format!("{of}: {name}: {before} -> {after}\n");
            }
        }
    }
    scrub(&text).into_owned()
}
