use crate::args::{OneOrMany, Scalar};
use crate::bytes::sha1_of;
use crate::command::{Content, Put};
use crate::facts::server::TmpDir;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Send a local script to the host and run it.
///
/// It runs every time; guard it with `_creates`, `_unless` or `_only_if` where it should not. Its
/// first line says which program reads it: `#!/bin/sh`. It is readable to the account alone, and is
/// removed when it has ended. It lies in the host's directory for temporary files, which must allow
/// programs to run.
///
/// ```rhai
/// server.script("files/hello.sh");
/// server.script("files/migrate.py", #{ args: ["--to", 42], _creates: "/var/lib/app/schema-42" });
/// ```
#[derive(Debug, Args)]
#[args("server.script")]
pub(crate) struct Script {
    /// The local script.
    src: String,

    /// Arguments for the script.
    #[arg(default = OneOrMany::default())]
    args: OneOrMany<Scalar>,
}

impl Operation for Script {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let file = host.file(&self.src)?;
        send_and_run(host, file.content(), &file.sha1, &self.args)
    }
}

/// Writes a program to the directory for temporary files, runs it and removes it.
pub(super) fn send_and_run(
    host: &Host<'_>,
    content: Content,
    sha1: &str,
    args: &[Scalar],
) -> Result<Commands> {
    let folder = TmpDir::of(host)?;
    // The same for each plan, another one for each host, script and arguments.
    let identity = format!("{} {sha1} {args:?}", host.identity().name);
    let path = format!("{folder}/infra-script-{}", sha1_of(identity.as_bytes()));
    let args: Vec<&str> = args.iter().map(|it| it.0.as_str()).collect();
    let mut todo = Commands::default();
    todo.put(Put { path: path.clone(), content, mode: Some(0o700), ..Put::default() });
    // Removed however it ends, also when the run is broken off: then the shell's own report of that meets a
    // closed pipe (PIPE). Its exit code is that of the operation.
    let remove = sh!("rm -f -- {path}").reveal();
    todo.run(sh!("( trap {remove} EXIT; trap 'exit 143' HUP INT TERM PIPE; {path} {args} )"));
    Ok(todo)
}
