use std::sync::Arc;

use crate::bytes::decode;
use crate::{Args, Ask, Error, Fact, Host, Result, Scope, Shell, sh};

/// The exact text of a file, its final newline included; `()` where there is no file.
///
/// Bytes that are not UTF-8 show as characters of a private range; operations that edit the file
/// write them back as they were. It is an error to ask for the text of a directory or a device.
///
/// ```rhai
/// let text = host.fact("files.text", "/etc/hostname");
/// if text != () && !text.ends_with("\n") { host.log("the last line is not closed"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.text")]
pub struct Text {
    /// The path. A link is followed.
    pub path: String,
}

impl Text {
    /// The question about `path`.
    pub fn at(path: impl Into<String>) -> Self {
        Self { path: path.into() }
    }
}

impl Fact for Text {
    type Output = Option<String>;

    /// An empty file prints a word too, so that it differs from no file. `[ -s ]` alone will not do:
    /// files below `/proc` have no size.
    fn command(&self) -> Shell {
        let path = operand(&self.path);
        let [missing, empty, other] = ["missing", "empty", "other"].map(|it| flag(it, &self.path));
        sh!("if [ ! -e {path} ]; then echo {missing}; elif [ ! -f {path} ]; then echo {other}; \
            elif [ -s {path} ]; then cat {path}; else cat {path} && echo {empty}; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        if is_flag(output, "missing", &self.path) {
            return Ok(None);
        }
        if is_flag(output, "other", &self.path) {
            return Err(Error::failed(format!("{} is not a regular file", self.path))
                .hint("only files hold text that can be edited"));
        }
        let empty = flag("empty", &self.path) + "\n";
        Ok(Some(output.strip_suffix(&empty).unwrap_or(output).to_owned()))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

/// The lines of a file; `()` where there is no file, and none of an empty one. A carriage return is
/// part of its line.
///
/// ```rhai
/// for line in host.fact("files.file_contents", "/etc/resolv.conf") { host.log(line); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.file_contents")]
pub struct FileContents {
    /// The path.
    pub path: String,
}

impl Ask for FileContents {
    type Output = Option<Vec<String>>;

    fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
        let text = host.fact(&Text::at(&self.path))?;
        let lines = text.as_ref().as_ref().map(|text| lines_of(text));
        Ok(Arc::new(lines))
    }
}

/// The lines of a text, carriage returns kept: they are content on a Unix host.
pub(super) fn lines_of(text: &str) -> Vec<String> {
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n').map(str::to_owned);
    if text.is_empty() { Vec::new() } else { lines.collect() }
}

/// The path such that no program takes it for an option.
pub(super) fn operand(path: &str) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path.to_owned() }
}

/// What a command prints instead of content.
pub(super) fn flag(what: &str, path: &str) -> String {
    format!("__infra_{what}_{path}")
}

/// Whether the output is such a word. Recordings of other engines have their own name in it.
pub(super) fn is_flag(output: &str, what: &str, path: &str) -> bool {
    let line = output.strip_suffix('\n').unwrap_or(output);
    let rest = line.strip_suffix(path).and_then(|it| it.strip_suffix('_'));
    rest.and_then(|it| it.strip_suffix(what)).is_some_and(|name| {
        name.len() < 20 && name.starts_with("__") && name.ends_with('_') && !name.contains('\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_missing_empty_and_odd_files_apart() {
        let fact = Text::at("/a b");
        for (output, expected) in [
            ("__infra_missing_/a b\n", None),
            ("__infra_empty_/a b\n", Some("")),
            ("x\n", Some("x\n")),
            ("x", Some("x")),
            ("proc__infra_empty_/a b\n", Some("proc")),
            ("__infra_missing_/a b\nmore\n", Some("__infra_missing_/a b\nmore\n")),
        ] {
            assert_eq!(fact.parse(output).unwrap().as_deref(), expected, "{output:?}");
        }
        assert!(fact.parse("__infra_other_/a b\n").is_err());
    }
}
