use super::expanded::in_double_quotes;
use super::text::{flag, is_flag, lines_of, operand};
use crate::bytes::decode;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The lines of a file that match a regular expression, as `grep` finds them; `()` where there is no
/// file.
///
/// ```rhai
/// let lines = host.fact("files.find_in_file", "/etc/ssh/sshd_config", "^PermitRootLogin");
/// if lines != () && lines.len() > 1 { host.log("said more than once"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.find_in_file")]
pub struct FindInFile {
    /// The path.
    pub path: String,

    /// The expression: a POSIX basic one, or an extended one with `extended_regex`.
    pub pattern: String,

    /// Expand variables and commands in `pattern`, as the host's shell does between double quotes.
    #[arg(default = false)]
    pub interpolate_variables: bool,

    /// Read `pattern` as an extended regular expression (`grep -E`).
    #[arg(default = false)]
    pub extended_regex: bool,
}

impl Fact for FindInFile {
    type Output = Option<Vec<String>>;

    fn command(&self) -> Shell {
        let (path, exists) = (operand(&self.path), flag("exists", &self.path));
        let mut options = Shell::new();
        options.flag("-E", self.extended_regex);
        let pattern = if self.interpolate_variables {
            in_double_quotes(&self.pattern)
        } else {
            sh!("{self.pattern}")
        };
        sh!("[ -f {path} ] && grep {options} -e {pattern} {path} 2>/dev/null || \
            if [ -e {path} ]; then echo {exists}; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        if is_flag(output, "exists", &self.path) {
            return Ok(Some(Vec::new()));
        }
        Ok(Some(lines_of(output)))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }

    fn reads(&self) -> Vec<Scope> {
        if self.interpolate_variables {
            return vec![Scope::Anything];
        }
        vec![Scope::path(&self.path)]
    }
}
