//! `files.find_files` and its like: paths below a directory.

use super::text::operand;
use crate::args::Scalar;
use crate::bytes::decode;
use crate::error::Error;
use crate::{Args, Fact, Result, Scope, Shell, sh};

macro_rules! finds {
    ($($(#[$doc:meta])* $fact:ident $name:literal $kind:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// Where the search starts.
            pub path: String,

            /// Exact size: bytes, or with a unit: `10MB` (10⁷ bytes), `1GiB` (2³⁰ bytes).
            pub size: Option<Scalar>,

            /// Larger than this size.
            pub min_size: Option<Scalar>,

            /// Smaller than this size.
            pub max_size: Option<Scalar>,

            /// How many levels to descend.
            pub maxdepth: Option<u32>,

            /// A shell pattern for the last part of the path: `*.conf`.
            pub fname: Option<String>,

            /// The same, upper and lower case alike.
            pub iname: Option<String>,

            /// A regular expression for the whole path.
            pub regex: Option<String>,

            /// A shell pattern for the whole path.
            pub path_match: Option<String>,

            /// More arguments of `find`, as they are.
            pub args: Option<Vec<String>>,

            /// Whether the path, the patterns and the expression are taken literally by the shell;
            /// `false` lets it expand `/home/*`.
            #[arg(default = true)]
            pub quote_path: bool,
        }

        impl Fact for $fact {
            type Output = Vec<String>;

            fn command(&self) -> Shell {
                let word = |text: &str| word(text, self.quote_path);
                let given = self.args.as_deref().unwrap_or_default();
                let free = |option: &str| !given.iter().any(|it| it == option);
                let mut line = sh!("find ");
                line.arg(&start(&self.path, self.quote_path)).code(" -type ").code($kind);
                if free("-maxdepth") {
                    line.opt("-maxdepth", self.maxdepth);
                }
                if free("-size") {
                    for (sign, size) in
                        [("+", &self.min_size), ("-", &self.max_size), ("", &self.size)]
                    {
                        let bytes = size.as_ref().and_then(|it| bytes_of(&it.0));
                        line.opt("-size", bytes.map(|it| format!("{sign}{it}c")));
                    }
                }
                for (option, value) in [
                    ("-name", &self.fname),
                    ("-iname", &self.iname),
                    ("-regex", &self.regex),
                ] {
                    if free(option) {
                        line.opt(option, value.as_deref().map(word));
                    }
                }
                if free("-path") {
                    line.opt("-path", self.path_match.as_ref());
                }
                for it in given {
                    line.code(" ").arg(it);
                }
                line.code(" || true");
                line
            }

            fn parse(&self, output: &str) -> Result<Vec<String>> {
                for size in [&self.size, &self.min_size, &self.max_size].into_iter().flatten() {
                    if bytes_of(&size.0).is_none() {
                        return Err(Error::usage(format!("`{size}` is no size"))
                            .hint("write bytes, or a number with B, KB, MB, GB, TB, KiB, MiB, GiB or TiB"));
                    }
                }
                Ok(paths(output, &operand(&self.path)))
            }

            fn parse_bytes(&self, output: &[u8]) -> Result<Vec<String>> {
                self.parse(&decode(output))
            }

            fn reads(&self) -> Vec<Scope> {
                // A pattern of the shell may start the search anywhere.
                if self.quote_path { vec![Scope::tree(&self.path)] } else { vec![Scope::Anything] }
            }
        }
    )* };
}

/// The paths that `find` printed below `start`, a line each. Whoever may create files could have another path found by
/// a name with a line break in it: a line that does not begin as all do belongs to the one before.
fn paths(output: &str, start: &str) -> Vec<String> {
    // Of a pattern, the shell leaves what is before its first sign.
    let start =
        start.split(['*', '?', '[', '~', '$', '`', '\\', '"', '\'']).next().unwrap_or_default();
    let begins = output.starts_with(start);
    let mut all: Vec<String> = Vec::new();
    if output.is_empty() {
        return all;
    }
    for line in output.strip_suffix('\n').unwrap_or(output).split('\n') {
        match all.last_mut() {
            Some(last) if begins && !line.starts_with(start) => {
                last.push('\n');
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
    }
    all
}

finds! {
    /// The regular files below a directory.
    ///
    /// ```rhai
    /// for path in host.fact("files.find_files", "/etc/nginx", #{ fname: "*.conf" }) {
    ///     host.log(path);
    /// }
    /// ```
    FindFiles "files.find_files" "f"

    /// The symbolic links below a directory.
    ///
    /// ```rhai
    /// let links = host.fact("files.find_links", "/etc/nginx/sites-enabled");
    /// ```
    FindLinks "files.find_links" "l"

    /// The directories below a directory, itself included.
    ///
    /// ```rhai
    /// let folders = host.fact("files.find_directories", "/srv", #{ maxdepth: 1 });
    /// ```
    FindDirectories "files.find_directories" "d"
}

/// The start of the search, such that `find` takes it for no option.
fn start(path: &str, quoted: bool) -> Shell {
    if path.starts_with('-') { word(&format!("./{path}"), quoted) } else { word(path, quoted) }
}

fn word(text: &str, quoted: bool) -> Shell {
    if quoted { sh!("{text}") } else { Shell::verbatim(text) }
}

/// `1024`, `10MB`, `1.5 GiB` in bytes.
fn bytes_of(size: &str) -> Option<u64> {
    let size = size.trim().to_ascii_uppercase();
    let split = size.find(|it: char| it.is_ascii_alphabetic()).unwrap_or(size.len());
    let (number, unit) = size.split_at(split);
    let scale: u32 = match unit {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => return scaled(number, 1e12),
        "KIB" => 1 << 10,
        "MIB" => 1 << 20,
        "GIB" => 1 << 30,
        "TIB" => return scaled(number, 1_099_511_627_776.0),
        _ => return None,
    };
    scaled(number, f64::from(scale))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked: a finite size that is not negative; fractions of a byte are dropped"
)]
fn scaled(number: &str, scale: f64) -> Option<u64> {
    let number: f64 = number.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some((number * scale) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use crate::value::{Map, Value};

    #[test]
    fn sizes_have_units() {
        for (text, expected) in [
            ("1024", Some(1024)),
            ("10MB", Some(10_000_000)),
            ("1.5 KiB", Some(1536)),
            ("2tib", Some(2_199_023_255_552)),
            ("-1", None),
            ("1 block", None),
            ("NaN", None),
        ] {
            assert_eq!(bytes_of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_break_in_a_name_makes_no_other_path() {
        let printed = "/srv/up/a\n/srv/up/x\n/etc/shadow\n/srv/up/cr\r\n";
        let expected = ["/srv/up/a", "/srv/up/x\n/etc/shadow", "/srv/up/cr\r"];
        for start in ["/srv/up", "/srv/u*", "~"] {
            let found = paths(printed, start);
            assert_eq!(found == expected, start != "~", "{found:?}");
        }
        assert_eq!(paths("one\ntwo\n", "elsewhere"), ["one", "two"]);
        assert!(paths("", "/srv").is_empty());
    }

    #[test]
    fn writes_only_what_is_asked_for() {
        let command = |arguments: &[(&str, Value)]| {
            let named: Map =
                arguments.iter().map(|(name, it)| ((*name).to_owned(), it.clone())).collect();
            let values =
                crate::args::Values::new(FindFiles::NAME, FindFiles::ARGS, Vec::new(), named);
            FindFiles::read(values).unwrap().command().to_string()
        };
        assert_eq!(command(&[("path", "my dir".into())]), "find 'my dir' -type f || true");
        assert_eq!(
            command(&[
                ("path", "/a/*".into()),
                ("quote_path", false.into()),
                ("min_size", "1KiB".into()),
                ("fname", "*.c".into()),
                ("path_match", "*/x/*".into()),
                ("maxdepth", Value::Int(2)),
            ]),
            "find /a/* -type f -maxdepth 2 -size +1024c -name *.c -path '*/x/*' || true"
        );
        assert_eq!(
            command(&[
                ("path", "-odd".into()),
                ("size", Value::Int(5)),
                ("args", Value::List(vec!["-size".into(), "3".into()])),
            ]),
            "find ./-odd -type f -size 3 || true"
        );
    }
}
