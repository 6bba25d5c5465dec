//! `files.sha1_file` and its like: the digest of a file's bytes.

use serde::{Deserialize, Serialize};

use crate::fact::together::{Sorted, Together, sorted_out};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// A digest in hexadecimal; nothing where there is no file, or no program that can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub Option<String>);

macro_rules! digests {
    ($($(#[$doc:meta])* $fact:ident $name:literal $digits:literal $command:literal $all:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// The path.
            pub path: String,
        }

        impl $fact {
            /// The question about `path`.
            pub fn at(path: impl Into<String>) -> Self {
                Self { path: path.into() }
            }
        }

        impl Fact for $fact {
            type Output = Digest;

            /// The programs read standard input, so that no name can be taken for an option or
            /// be escaped in the output.
            fn command(&self) -> Shell {
                sh!($command)
            }

            fn parse(&self, output: &str) -> Result<Digest> {
                Ok(Digest(hexadecimal(output, $digits)))
            }

            fn reads(&self) -> Vec<Scope> {
                vec![Scope::path(&self.path)]
            }

            fn together(&self) -> Option<Together> {
                let word = super::text::operand(&self.path);
                let command = |paths: &[&str]| {
                    let mut shell = sorted_out(paths, &sh!("false"), &sh!("[ -f \"$p\" ]"));
                    shell.code(concat!("{ ", $all, "; } 2>/dev/null || exit 1"));
                    shell
                };
                Some(Together { word, command, split: apart })
            }
        }
    )* };
}

digests! {
    /// The SHA-1 of a file's bytes; `()` where there is no file.
    ///
    /// ```rhai
    /// let sum = host.fact("files.sha1_file", "/etc/hostname");
    /// ```
    Sha1File "files.sha1_file" 40
        "if [ -f {self.path} ]; then sha1sum < {self.path} || shasum < {self.path} \
        || sha1 < {self.path} || openssl dgst -sha1 -r < {self.path}; fi 2>/dev/null || :"
        "sha1sum \"$@\" || shasum \"$@\""

    /// The SHA-256 of a file's bytes; `()` where there is no file.
    ///
    /// ```rhai
    /// let sum = host.fact("files.sha256_file", "/etc/hostname");
    /// ```
    Sha256File "files.sha256_file" 64
        "if [ -f {self.path} ]; then sha256sum < {self.path} || shasum -a 256 < {self.path} \
        || sha256 < {self.path} || openssl dgst -sha256 -r < {self.path}; fi 2>/dev/null || :"
        "sha256sum \"$@\" || shasum -a 256 \"$@\""

    /// The SHA-384 of a file's bytes; `()` where there is no file.
    ///
    /// ```rhai
    /// let sum = host.fact("files.sha384_file", "/etc/hostname");
    /// ```
    Sha384File "files.sha384_file" 96
        "if [ -f {self.path} ]; then sha384sum < {self.path} || shasum -a 384 < {self.path} \
        || sha384 < {self.path} || openssl dgst -sha384 -r < {self.path}; fi 2>/dev/null || :"
        "sha384sum \"$@\" || shasum -a 384 \"$@\""

    /// The SHA-512 of a file's bytes; `()` where there is no file.
    ///
    /// ```rhai
    /// let sum = host.fact("files.sha512_file", "/etc/hostname");
    /// ```
    Sha512File "files.sha512_file" 128
        "if [ -f {self.path} ]; then sha512sum < {self.path} || shasum -a 512 < {self.path} \
        || sha512 < {self.path} || openssl dgst -sha512 -r < {self.path}; fi 2>/dev/null || :"
        "sha512sum \"$@\" || shasum -a 512 \"$@\""

    /// The MD5 of a file's bytes; `()` where there is no file.
    ///
    /// ```rhai
    /// let sum = host.fact("files.md5_file", "/etc/hostname");
    /// ```
    Md5File "files.md5_file" 32
        "if [ -f {self.path} ]; then md5sum < {self.path} || md5 < {self.path} \
        || openssl dgst -md5 -r < {self.path}; fi 2>/dev/null || :"
        "md5sum \"$@\""
}

impl Sha1File {
    /// The command that leaves the file's time of last access as it is, where the host has a way: GNU `dd`, for the file's
    /// owner and root.
    pub(crate) fn without_trace(&self) -> Shell {
        let (path, plain) = (&self.path, self.command());
        sh!("if [ -f {path} ] && command -v sha1sum >/dev/null \
             && dd iflag=noatime count=0 <{path} >/dev/null 2>&1; \
             then dd iflag=noatime bs=64k <{path} 2>/dev/null | sha1sum; else {plain}; fi")
    }
}

/// A line for each file, and nothing for what is none.
fn apart(output: &[u8]) -> Option<Vec<Vec<u8>>> {
    let Sorted { lines, rest, .. } = Sorted::read(output)?;
    let all = lines.into_iter().map(|line| line.unwrap_or_default().to_vec()).collect();
    rest.is_empty().then_some(all)
}

/// The digest in `DIGEST  name` (GNU, `shasum`, `openssl -r`), `SHA1 (name) = DIGEST` (BSD) or
/// `DIGEST` alone. GNU starts the line with a backslash where the name is escaped.
fn hexadecimal(output: &str, digits: usize) -> Option<String> {
    let line = output.lines().next()?.trim_start_matches('\\');
    let first = line.split_whitespace().next();
    let last = line.split_whitespace().next_back();
    let fits = |word: &&str| word.len() == digits && word.bytes().all(|it| it.is_ascii_hexdigit());
    first.filter(fits).or_else(|| last.filter(fits)).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_without_a_trace() {
        let folder = std::env::temp_dir().join(format!("infra-digest-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("it's a file");
        std::fs::write(&path, "a\n").unwrap();
        let fact = Sha1File::at(path.display().to_string());
        let ran = std::process::Command::new("sh")
            .args([
                "-c",
                &format!(
                    "touch -a -t 202001010000 {0}; {1}; stat -c %X {0} >&2",
                    crate::command::quote(&fact.path),
                    fact.without_trace().reveal()
                ),
            ])
            .env("TZ", "UTC0")
            .output()
            .unwrap();
        let digest = fact.parse(&String::from_utf8_lossy(&ran.stdout)).unwrap();
        assert_eq!(digest.0.as_deref(), Some("3f786850e387550fdab836ed7e6dc881de23001b"));
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "1577836800\n");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn reads_what_each_program_prints() {
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        for (line, expected) in [
            ("d41d8cd98f00b204e9800998ecf8427e  -\n", Some(digest)),
            ("\\d41d8cd98f00b204e9800998ecf8427e  a\\nb\n", Some(digest)),
            ("MD5 (a file) = D41D8CD98F00B204E9800998ECF8427E\n", Some(digest)),
            ("d41d8cd98f00b204e9800998ecf8427e *stdin", Some(digest)),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(digest)),
            ("d41d8cd98f00b204e9800998ecf8427", None),
            ("no such digest here, only thirty-two", None),
        ] {
            assert_eq!(hexadecimal(line, 32).as_deref(), expected, "{line}");
        }
    }
}
