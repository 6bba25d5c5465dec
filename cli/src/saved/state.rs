//! The folder for what `infra` remembers between runs: `$XDG_STATE_HOME/infra`, else `~/.local/state/infra`.
//! Nobody else may read it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use infra_engine::error::{Error, Result};

/// A folder of ours, made where it is missing.
pub(crate) fn folder(name: &str) -> Result<PathBuf> {
    let home = || std::env::home_dir().map(|home| home.join(".local/state"));
    let set = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|it| it.is_absolute());
    let base = set.or_else(home).ok_or_else(|| {
        Error::usage("there is no folder to remember runs in").hint("set XDG_STATE_HOME, or HOME")
    })?;
    let folder = base.join("infra").join(name);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .map_err(|error| Error::usage(format!("cannot make `{}`: {error}", folder.display())))?;
    Ok(folder)
}

/// Makes a file that only its owner may read, and that is not there yet.
pub(crate) fn create(path: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)
}

/// Writes a file that only its owner may read: all of it, or nothing.
pub(crate) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.infra-{}", std::process::id()));
    // What a killed run of the same number left behind.
    let _ = fs::remove_file(&temporary);
    let written = create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// Seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// The moment, as people in its time zone write it.
pub(crate) fn date() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// How long ago a moment was, as people say it.
pub(crate) fn ago(moment: f64) -> String {
    let seconds = (now() - moment).max(0.0);
    let (number, unit) = match seconds {
        it if it < 90.0 => return "moments ago".to_owned(),
        it if it < 5400.0 => (it / 60.0, "minute"),
        it if it < 129_600.0 => (it / 3600.0, "hour"),
        it => (it / 86400.0, "day"),
    };
    let number = format!("{number:.0}");
    let end = if number == "1" { "" } else { "s" };
    format!("{number} {unit}{end} ago")
}
