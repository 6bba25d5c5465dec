//! The tasks of a script: its functions, for completion.

use std::path::Path;

use crate::script::sources::Sources;

/// A function of a script that the command line can run.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// Its parameters.
    pub parameters: Vec<String>,
}

/// The tasks of a script; none where it cannot be read.
pub fn tasks(script: &Path) -> Vec<Task> {
    let engine = crate::script::engine::for_checks();
    let Ok(script) = Sources::default().load(&engine, script) else { return Vec::new() };
    let own = |name: &str| !name.starts_with("anon$") && !name.starts_with('_');
    let functions = script.ast.iter_functions().filter(|it| own(it.name));
    functions
        .map(|it| {
            let lines = it.comments.iter().flat_map(|comment| comment.lines());
            let doc: Vec<&str> =
                lines.map(|line| line.trim_start_matches(['/', '*']).trim()).collect();
            Task {
                name: it.name.to_owned(),
                doc: doc.join("\n"),
                parameters: it.params.iter().map(|it| (*it).to_owned()).collect(),
            }
        })
        .collect()
}
