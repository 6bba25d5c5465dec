use indexmap::IndexMap;

use super::force::file_name;
use super::upload::{Upload, touches};
use crate::args::Mode;
use crate::error::Error;
use crate::template::{self, Settings, Source};
use crate::value::{Map, Value};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Render a template and write it to the host.
///
/// Templates are written as for Jinja2. They see the arguments of the call that have no meaning of
/// their own, and `host`: `host.name`, `host.groups`, `host.data.x`, `host.fact("server.hostname")`.
/// A variable that does not exist is an error that shows the template's line; `x | default(1)` and
/// `x is defined` ask whether it does. `include`, `extends` and `import` look beside the template,
/// then in the project. Besides Jinja2's filters there are those that Ansible's users know:
/// `to_json`, `to_yaml`, `b64encode`, `regex_replace`, `quote`, `combine`, `ternary` and more.
///
/// Other than in Jinja2, `int` and `float` take text that is no number for a mistake, unless they are given
/// a default: `x | int(0)`. What would be other at each run (`random`, `lipsum`) is missing, and so are
/// `urlize`, `varargs` in macros, and `%` behind text, for which there is `format`.
///
/// The rendered text goes to the host as `files.put` sends it: written only where it differs, and
/// renamed into place. Secrets are written as they are and shown as `***`.
///
/// Without `src`, the argument `content` is the template itself.
///
/// ```rhai
/// files.template("templates/app.conf.j2", "/etc/app.conf", #{ mode: "644", workers: 4 });
/// files.template(#{ content: "listen {{ port }}\n", dest: "/etc/app.port", port: 8080 });
/// ```
#[derive(Debug, Args)]
#[args("files.template")]
pub(crate) struct Template {
    /// The template, a file of the project.
    src: Option<String>,

    /// Where the result goes on the host.
    dest: String,

    /// Owner, by name or number. Default: as it is, or whoever writes it.
    user: Option<String>,

    /// Group, by name or number.
    group: Option<String>,

    /// Permissions: `"644"`, `"u+x"`.
    mode: Option<Mode>,

    /// Create the directory that it goes to, for the same user and group.
    #[arg(default = true)]
    create_remote_dir: bool,

    /// Settings of the template language: `trim_blocks`, `lstrip_blocks`, `keep_trailing_newline`,
    /// `variable_start_string` and so on, named as Jinja2 names them.
    jinja_env_kwargs: Option<IndexMap<String, Value>>,

    /// A command that must accept the new file, `%s`, before it goes live. Default: as in `files.line`.
    validate: Option<String>,

    /// Variables for the template.
    #[arg(rest)]
    data: Map,
}

impl Operation for Template {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let settings = Settings::read(self.jinja_env_kwargs.as_ref())?;
        let source = self.source()?;
        let name = self.src.as_deref().map(file_name);
        // The questions about the file go out together with those that the template asks.
        Upload::want(host, &self.dest, name, self.create_remote_dir);
        let text = template::render(host, &source, &self.data, &settings)?;
        let upload = Upload {
            name: name.map(str::to_owned),
            user: self.user.clone(),
            group: self.group.clone(),
            mode: self.mode.clone(),
            create_remote_dir: self.create_remote_dir,
            validate: self.validate.clone(),
            ..Upload::text(&self.dest, &text)
        };
        upload.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches(&self.dest, self.src.as_deref())
    }
}

impl Template {
    fn source(&self) -> Result<Source<'_>> {
        match (&self.src, self.data.get("content")) {
            (Some(path), _) => Ok(Source::File(path)),
            (None, Some(Value::Text(text) | Value::Word(text))) => Ok(Source::Text(text)),
            (None, Some(Value::Secret(secret))) => Ok(Source::Text(secret.reveal())),
            (None, Some(other)) => {
                Err(Error::usage(format!("a template's `content` is text, not {}", other.kind()))
                    .argument("content"))
            }
            (None, None) => Err(Error::usage("`files.template` needs `src` or `content`")
                .hint("give a file of the project, or the template itself")),
        }
    }
}
