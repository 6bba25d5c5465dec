//! Where an upload goes: into a directory that is there, through links, and over a file.

use super::Upload;
use crate::error::Error;
use crate::facts::files::{self, Entry, Found, Info};
use crate::operations::files::force::join;
use crate::operations::files::parent;
use crate::{Host, Result};

/// Links are followed so many times.
const LINKS: usize = 8;

/// Where a file goes and what is there.
pub(super) struct Place {
    pub(super) path: String,
    /// The regular file that is there, behind whatever links.
    pub(super) now: Option<Info>,
    /// The path of that file.
    pub(super) real: String,
}

impl Upload {
    /// Finds the file that would be written.
    pub(super) fn place(&self, host: &Host<'_>) -> Result<Place> {
        if self.dest.ends_with('/') {
            return self.look(host, join(&self.dest, self.name_in(&self.dest)?), false);
        }
        self.look(host, self.dest.clone(), true)
    }

    fn look(&self, host: &Host<'_>, path: String, may_be_directory: bool) -> Result<Place> {
        let mut real = path.clone();
        for _ in 0..LINKS {
            let file = host.fact(&files::File::at(&real))?;
            if let Found::Here(info) = &*file {
                return Ok(Place { path, now: Some(info.clone()), real });
            }
            if host.fact(&files::Directory::at(&real))?.here().is_some() {
                if !may_be_directory {
                    return Err(Error::failed(format!("{path} is a directory"))
                        .hint("move it away, or give another `dest`"));
                }
                let name = self.name_in(&path)?;
                let inside = join(&path, name);
                Self::want_as(host, &inside, None, false, self.atime.is_some());
                return self.look(host, inside, false);
            }
            if *file == Found::Absent {
                return Ok(Place { path, now: None, real });
            }
            let link = host.fact(&files::Link::at(&real))?;
            match link.here().and_then(|info| info.link_target.as_deref()) {
                Some(target) => real = follow(&real, target),
                None => return self.not_a_file(host, path),
            }
        }
        Err(Error::failed(format!("{path} is a link that leads nowhere"))
            .hint("remove it, or point it at a file"))
    }

    /// What is neither file nor directory nor link: written over only where that was asked for.
    fn not_a_file(&self, host: &Host<'_>, path: String) -> Result<Place> {
        let entry = host.fact(&Entry { path: path.clone() })?;
        match entry.as_ref().as_ref().map(|it| it.kind) {
            Some(kind) if !self.force => {
                Err(Error::failed(format!("{path} is {}, not a file", kind.in_words()))
                    .hint("move it away, or give another `dest`"))
            }
            _ => Ok(Place { real: path.clone(), path, now: None }),
        }
    }

    fn name_in(&self, directory: &str) -> Result<&str> {
        self.name.as_deref().ok_or_else(|| {
            Error::usage(format!("{directory} is a directory, and content alone has no file name"))
                .hint("give `dest` with the file's name")
                .argument("dest")
        })
    }
}

/// An error where something else than a file, or a link, is at the path.
pub(crate) fn must_be_file(host: &Host<'_>, path: &str) -> Result<()> {
    if *host.fact(&files::File::at(path))? == Found::Other
        && host.fact(&files::Link::at(path))?.here().is_none()
    {
        return Err(Error::failed(format!("{path} exists and is no file"))
            .hint("move it away, or give another path"));
    }
    Ok(())
}

/// The path that a link at `path` leads to.
fn follow(path: &str, target: &str) -> String {
    match parent::parent(path) {
        _ if target.starts_with('/') => target.to_owned(),
        Some(folder) => join(folder, target),
        None if path.starts_with('/') => format!("/{target}"),
        None => target.to_owned(),
    }
}
