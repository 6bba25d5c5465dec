use super::script::send_and_run;
use crate::args::{OneOrMany, Scalar};
use crate::bytes::sha1_of;
use crate::command::Content;
use crate::template::{self, Settings, Source};
use crate::value::Map;
use crate::{Args, Commands, Host, Operation, Result};

/// Render a script from a template, send it to the host and run it.
///
/// The template is one as for `files.template`, and sees the arguments that have no meaning of their
/// own. The script runs as that of `server.script` does: every time, unless a guard says otherwise.
///
/// ```rhai
/// server.script_template("templates/setup.sh.j2", #{ args: "--verbose", workers: 4 });
/// ```
#[derive(Debug, Args)]
#[args("server.script_template")]
pub(crate) struct ScriptTemplate {
    /// The template, a file of the project.
    src: String,

    /// Arguments for the script.
    #[arg(default = OneOrMany::default())]
    args: OneOrMany<Scalar>,

    /// Variables for the template.
    #[arg(rest)]
    data: Map,
}

impl Operation for ScriptTemplate {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let settings = Settings::read(None)?;
        let text = template::render(host, &Source::File(&self.src), &self.data, &settings)?;
        let sha1 = sha1_of(text.as_bytes());
        send_and_run(host, Content::from(text), &sha1, &self.args)
    }
}
