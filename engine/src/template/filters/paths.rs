//! Filters of paths, which split and join as Python's `os.path` does.

use minijinja::{Environment, Error, Value};

pub(super) const NAMES: &[&str] = &["basename", "dirname", "splitext", "path_join"];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("basename", |path: &str| split(path).1.to_owned());
    environment.add_filter("dirname", |path: &str| split(path).0.to_owned());
    environment.add_filter("splitext", |path: &str| -> Vec<String> {
        let (stem, suffix) = split_suffix(path);
        vec![stem.to_owned(), suffix.to_owned()]
    });
    environment.add_filter("path_join", path_join);
}

/// Directory and last part, as Python's `os.path.split` has it.
fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        None => ("", path),
        Some((folder, name)) => {
            let bare = folder.trim_end_matches('/');
            (if bare.is_empty() { "/" } else { bare }, name)
        }
    }
}

fn split_suffix(path: &str) -> (&str, &str) {
    let name = split(path).1;
    match name.trim_start_matches('.').rfind('.') {
        None => (path, ""),
        Some(_) => path.rfind('.').map_or((path, ""), |at| path.split_at(at)),
    }
}

/// Joins parts; an absolute part starts anew, as Python's `os.path.join` has it.
fn path_join(parts: &Value) -> Result<String, Error> {
    if let Some(path) = parts.as_str() {
        return Ok(path.to_owned());
    }
    let mut path = String::new();
    for part in parts.try_iter()? {
        let part = part.to_string();
        if part.starts_with('/') {
            path = part;
            continue;
        }
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(&part);
    }
    Ok(path)
}

#[cfg(test)]
mod cases {
    use super::*;

    #[test]
    fn paths_are_split_as_python_splits_them() {
        for (path, folder, name) in
            [("/a/b.c", "/a", "b.c"), ("/a", "/", "a"), ("a", "", "a"), ("/a/b/", "/a/b", "")]
        {
            assert_eq!(split(path), (folder, name), "{path}");
        }
        for (path, stem, suffix) in
            [("/a.d/b.tar.gz", "/a.d/b.tar", ".gz"), ("/a.d/b", "/a.d/b", ""), (".rc", ".rc", "")]
        {
            assert_eq!(split_suffix(path), (stem, suffix), "{path}");
        }
    }
}
