use super::service::ControlService;
use crate::args::Mode;
use crate::command::quote;
use crate::facts::files::{Digest, File, Found, Link, Sha1File};
use crate::operations::files::{Predict, Upload};
use crate::operations::services::State;
use crate::{Commands, Error, Host, Result, Scope, sh};

/// Where an administrator's units are. systemd.unit(5).
pub(super) const FOLDER: &str = "/etc/systemd/system";

/// A file that describes a unit.
#[derive(Debug)]
pub(super) struct UnitFile {
    /// The unit.
    pub(super) unit: String,
    /// Where its file is.
    pub(super) path: String,
}

impl UnitFile {
    /// The unit's own file.
    pub(super) fn new(unit: &str) -> Result<Self> {
        check(unit)?;
        Ok(Self { unit: unit.to_owned(), path: format!("{FOLDER}/{unit}") })
    }

    /// A file that adds to the unit's own.
    pub(super) fn drop_in(unit: &str, name: &str) -> Result<Self> {
        check(unit)?;
        check(name)?;
        let name = name.strip_suffix(".conf").unwrap_or(name);
        Ok(Self { unit: unit.to_owned(), path: format!("{FOLDER}/{unit}.d/{name}.conf") })
    }

    /// Says what will be asked for.
    pub(super) fn want(&self, host: &Host<'_>) {
        Upload::want(host, &self.path, None, self.is_drop_in());
    }

    /// Makes sure that the file has this text.
    pub(super) fn write(&self, host: &Host<'_>, text: &str, verify: bool) -> Result<Commands> {
        let upload = Upload {
            mode: Some(Mode::Bits(0o644)),
            validate: verify.then(|| self.validation()),
            create_remote_dir: self.is_drop_in(),
            ..Upload::text(&self.path, text)
        };
        upload.plan(host)
    }

    /// Takes the file away, as far as it is there.
    pub(super) fn remove(&self, host: &Host<'_>) -> Result<Commands> {
        let path = &self.path;
        let is_link = |host: &Host<'_>| Ok(host.fact(&Link::at(path))?.here().is_some());
        match &*host.fact(&File::at(path))? {
            Found::Absent => Ok(Commands::none(format!("{path} does not exist"))),
            Found::Other if !is_link(host)? => {
                Err(Error::failed(format!("{path} is not a file")).hint("move it away first"))
            }
            Found::Here(_) | Found::Other => {
                let mut todo = Commands::from(sh!("rm -f -- {path}"));
                todo.attribute(path, "present", "yes", "no");
                todo.will_be_absent(path);
                todo.then(&Sha1File::at(path), Digest(None));
                Ok(todo)
            }
        }
    }

    fn is_drop_in(&self) -> bool {
        !self.path.ends_with(&self.unit)
    }

    /// What writing or removing it touches.
    pub(super) fn touches(&self) -> Vec<Scope> {
        let folder = format!("{FOLDER}/{}.d", self.unit);
        vec![Scope::SERVICES, Scope::path(&self.path), Scope::path(folder), Scope::path(FOLDER)]
    }

    /// The command that systemd's own checker is asked with. It goes by the file's name, so that it gets
    /// a copy under the final one. Since version 250 it can tell errors from warnings about other units.
    fn validation(&self) -> String {
        let name = quote(&self.unit);
        format!(
            "(command -v systemd-analyze >/dev/null 2>&1 || exit 0; d=$(mktemp -d) && cp %s \"$d\"/{name} || exit; \
             o=; ! systemd-analyze --help | grep -q recursive-errors || o=--recursive-errors=no; \
             systemd-analyze verify --man=no $o \"$d\"/{name}; c=$?; rm -rf \"$d\"; exit $c)"
        )
    }
}

/// Starts, stops, enables and disables a unit of the system's manager.
pub(super) fn control(unit: &str) -> ControlService {
    ControlService {
        service: unit.to_owned(),
        state: State::default(),
        command: None,
        enabled: None,
        daemon_reload: false,
        user_mode: false,
        machine: None,
        user_name: None,
    }
}

/// Names become file names here, so that they must not lead elsewhere.
fn check(name: &str) -> Result<()> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || ":-_.\\@".contains(it);
    if name.chars().all(is_plain) && !name.starts_with('.') && !name.is_empty() {
        return Ok(());
    }
    Err(Error::usage(format!("`{name}` is no name of a unit"))
        .hint("names have letters, digits and `:-_.\\@`; `systemd-escape` turns others into such"))
}
