//! File names with wildcards, for `Include`.

use std::path::{Component, Path, PathBuf};

use super::super::pattern;

/// The existing files that `path` names, in alphabetical order; `*` does not match hidden files.
pub(super) fn expand(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for component in path.components() {
        found = found.iter().flat_map(|parent| step(parent, component)).collect();
    }
    found.retain(|path| path.exists());
    found
}

fn step(parent: &Path, component: Component<'_>) -> Vec<PathBuf> {
    let name = component.as_os_str().to_string_lossy();
    if !name.contains(['*', '?']) {
        return vec![parent.join(component)];
    }
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter(|entry| !entry.starts_with('.') || name.starts_with('.'))
        .filter(|entry| pattern::matches(entry, &name))
        .collect();
    names.sort();
    names.into_iter().map(|entry| parent.join(entry)).collect()
}
