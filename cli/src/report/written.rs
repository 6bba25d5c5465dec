//! What others read: standard output, a log, reports, a saved plan. What of it cannot be written is told, and the exit code
//! says so where everything else went well.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Result, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Whether something could not be written.
pub(crate) fn is_lost() -> bool {
    IS_LOST.load(Ordering::Relaxed)
}

/// Tells that something could not be written.
pub(crate) fn tell_loss(name: &str, error: &std::io::Error) {
    IS_LOST.store(true, Ordering::Relaxed);
    crate::commands::say(&format!("error: cannot write {name}: {error}\n"));
}

/// Whether a file can be written to, so that a mistake costs nothing. What is there stays until it is replaced.
pub(crate) fn try_out(path: &Path) -> Result<()> {
    OpenOptions::new().append(true).create(true).open(path).map(drop)
}

/// Puts text into a file: all of it, or what was there stays. What is no file (a pipe) is written to.
pub(crate) fn keep(path: &Path, text: &str) {
    let is_file = std::fs::symlink_metadata(path).map_or(true, |it| it.is_file());
    let written = if is_file { replace(path, text) } else { std::fs::write(path, text) };
    if let Err(error) = written {
        tell_loss(&format!("`{}`", path.display()), &error);
    }
}

fn replace(path: &Path, text: &str) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.infra-{}", std::process::id()));
    let written = std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, path));
    written.inspect_err(|_| drop(std::fs::remove_file(&temporary)))
}

/// A stream that tells once that it cannot be written. A reader that went away (`| head`) is no trouble.
pub(crate) struct Told<W> {
    name: String,
    stream: W,
    is_over: bool,
}

impl<W: Write> Told<W> {
    /// `name` is what messages call it.
    pub(crate) fn new(name: impl Into<String>, stream: W) -> Self {
        Self { name: name.into(), stream, is_over: false }
    }

    fn look<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result
            && !matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::BrokenPipe)
            && !std::mem::replace(&mut self.is_over, true)
        {
            tell_loss(&self.name, error);
        }
        result
    }
}

impl<W: Write> Write for Told<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.stream.write(bytes);
        self.look(written)
    }

    fn flush(&mut self) -> Result<()> {
        let flushed = self.stream.flush();
        self.look(flushed)
    }
}

/// Standard output.
pub(crate) fn output() -> Told<std::io::Stdout> {
    Told::new("to standard output", std::io::stdout())
}
