//! A throw-away project folder, and runs of the program in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use regex::Regex;

use crate::program::program;

/// A project folder that is removed at the end.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
}

/// What a run showed.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The exit code; -1 for a process that a signal ended.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Project {
    /// An empty project.
    ///
    /// # Panics
    ///
    /// If the temporary folder cannot be written.
    #[expect(clippy::new_without_default, reason = "it makes a folder, which no default should")]
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("infra-tests-{}-{number}", process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder can be made");
        Self { folder }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file in it.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("the project's folder can be written");
        }
        fs::write(&path, content).expect("the project's folder can be written");
        path
    }

    /// A call of the program, in the folder: no input, nothing of the caller's own settings.
    pub fn command<S: AsRef<std::ffi::OsStr>>(
        &self,
        words: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program());
        command
            .args(words)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Shown {
        Shown::of(&self.command(words).output().expect("the program can be started"))
    }

    /// The text with `PROJECT` for where the project is.
    pub fn placeless(&self, text: &str) -> String {
        text.replace(&*self.folder.to_string_lossy(), "PROJECT")
    }

    /// What was shown, without what differs from run to run: times, and where the project is.
    pub fn steady(&self, text: &str) -> String {
        static TIMES: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\b\d+(\.\d+)? (ms|s|µs)\b").expect("it is well formed"));
        static SECONDS: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r#""seconds":[0-9.e-]+"#).expect("it is well formed"));
        let text = self.placeless(text);
        let text = SECONDS.replace_all(&text, "\"seconds\":0");
        TIMES.replace_all(&text, "TIME").into_owned()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What stays behind in the temporary folder is no reason to fail.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Shown {
    /// What a process showed.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The JSON objects on standard output.
    pub fn events(&self) -> Result<Vec<serde_json::Value>, String> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|error| format!("{error} in {line}")))
            .collect()
    }

    /// All of it as one text.
    pub fn text(&self) -> String {
        let mut text = format!("exit {}\n", self.code);
        for (name, output) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !output.is_empty() {
                let end = if output.ends_with('\n') { "" } else { "(no line break)\n" };
                let _ = write!(text, "--- {name}\n{output}{end}");
            }
        }
        text
    }
}
