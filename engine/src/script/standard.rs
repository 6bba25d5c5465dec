//! The standard library: deploys written in Rhai, in the program itself. A file of the project with the same path
//! (`std/app.rhai`) comes first. The templates that they use are in `project/embedded.rs`.

use std::sync::Arc;

use rhai::FnAccess;

/// One script of the library.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// What is imported: `std/app`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// One function of a script.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub parameters: Vec<String>,
    /// Its doc comment, without the slashes.
    pub doc: String,
}

// `std/app` is `stdlib-scripts/app.rhai`; the folder's name is not repeated in it.
macro_rules! modules {
    ($($name:literal)*) => {
        &[$(Module {
            name: concat!("std/", $name),
            text: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/../stdlib-scripts/", $name, ".rhai"
            )),
        }),*]
    };
}

/// All scripts, in the order of the manual.
const MODULES: &[Module] = modules![
    "app" "source" "release" "health" "python" "django" "alembic" "service" "gunicorn" "celery" "nginx" "bluegreen"
    "database" "certificates" "backup" "tailscale" "overlay" "notify" "version" "pystrano" "dye"
];

/// All scripts of the library.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    MODULES.iter()
}

/// The script that is imported by that path.
pub(crate) fn find(path: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == path)
}

/// Whether a script is the library's, by the name that errors show.
pub(super) fn is_library(file: &str) -> bool {
    file.starts_with("std/")
}

impl Module {
    /// What the script is for: the comment at its beginning.
    pub fn doc(&self) -> String {
        let lines = self.text.lines().take_while(|line| line.starts_with("//!"));
        bare(lines, "//!")
    }

    /// Its public functions, in the order in which they stand there.
    ///
    /// # Panics
    ///
    /// If the script does not parse; a test reads all of them.
    pub fn functions(&self) -> Vec<Function> {
        let engine = super::engine::for_checks();
        let ast = engine.compile(self.text).expect("the library's scripts parse");
        let mut functions: Vec<Function> = ast
            .iter_functions()
            .filter(|it| it.access == FnAccess::Public && !it.name.starts_with("anon$"))
            .map(|it| Function {
                name: it.name.to_owned(),
                parameters: it.params.iter().map(|it| (*it).to_owned()).collect(),
                doc: bare(it.comments.iter().flat_map(|it| it.lines()), "///"),
            })
            .collect();
        let place = |it: &Function| self.text.find(&format!("\nfn {}(", it.name));
        functions.sort_by_key(|it| (place(it), it.parameters.len()));
        functions
    }

    /// The name that errors show.
    pub(crate) fn file(&self) -> Arc<str> {
        format!("{}.rhai", self.name).into()
    }
}

/// The lines of a doc comment without the marks in front.
fn bare<'a>(lines: impl Iterator<Item = &'a str>, mark: &str) -> String {
    let lines = lines.map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix(mark).unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}
