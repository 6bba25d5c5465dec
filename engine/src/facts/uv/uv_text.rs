//! What uv says in one line: where it puts things, and its version.

use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The directory that uv puts Pythons into; empty where there is no uv.
///
/// ```rhai
/// host.log(host.fact("uv.uv_python_dir"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("uv.uv_python_dir")]
pub struct UvPythonDir {}

/// The directory that uv puts tools into; empty where there is no uv.
///
/// ```rhai
/// host.log(host.fact("uv.uv_tool_dir"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("uv.uv_tool_dir")]
pub struct UvToolDir {
    /// The directory with the tools' programs instead.
    #[arg(default = false)]
    pub bin: bool,
}

/// The version of uv as it says it; empty where there is no uv.
///
/// ```rhai
/// host.log(host.fact("uv.uv_version"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("uv.uv_version")]
pub struct UvVersion {}

macro_rules! one_line {
    ($($fact:ty: $command:expr;)*) => { $(
        impl Fact for $fact {
            type Output = String;

            fn command(&self) -> Shell {
                let command: fn(&Self) -> Shell = $command;
                command(self)
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                Ok(one(output))
            }

            fn requires(&self) -> Option<&'static str> {
                Some("uv")
            }

            fn reads(&self) -> Vec<Scope> {
                of_language()
            }
        }
    )* };
}

one_line! {
    UvPythonDir: |_| sh!("uv python dir 2>/dev/null");
    UvToolDir: |it| {
        let mut flags = Shell::new();
        flags.flag("--bin", it.bin);
        sh!("uv tool dir {flags} 2>/dev/null")
    };
    UvVersion: |_| sh!("uv --version");
}

/// The line; nothing where there are several, which is no answer to these questions.
fn one(output: &str) -> String {
    let mut lines = output.lines();
    match (lines.next(), lines.next()) {
        (Some(line), None) => line.to_owned(),
        _ => String::new(),
    }
}
