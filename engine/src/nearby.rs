//! What may have been meant by the path of a file that is not there.

use std::path::Path;

use crate::error::closest;
use crate::place::shown;

/// A file of a like name in the same folder, or that there is no such folder.
pub(crate) fn hint(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Some(match std::env::current_dir() {
            Ok(here) if folder.is_relative() => {
                format!("there is no folder `{}` in `{}`", shown(folder), here.display())
            }
            _ => format!("there is no folder `{}` either", shown(folder)),
        });
    };
    let mut files: Vec<String> = entries
        .flatten()
        .filter(|it| it.path().is_file())
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let other = closest(&name, files.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", shown(&folder.join(other))))
}
