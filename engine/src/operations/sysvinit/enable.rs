use crate::args::Scalar;
use crate::facts::files::{Entry, EntryKind, Found, Info, Link};
use crate::operations::files::Predict;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Make the links that start and stop a service of `/etc/init.d` in each runlevel.
///
/// ```rhai
/// sysvinit.enable("rsyslog", #{ start_levels: [3, 4, 5], stop_levels: [0, 1, 2, 6] });
/// ```
#[derive(Debug, Args)]
#[args("sysvinit.enable")]
pub(crate) struct Enable {
    /// Name of the service.
    service: String,

    /// Its place among those that are started.
    #[arg(default = Scalar("20".to_owned()))]
    start_priority: Scalar,

    /// Its place among those that are stopped.
    #[arg(default = Scalar("80".to_owned()))]
    stop_priority: Scalar,

    /// Runlevels in which it is started.
    #[arg(default = ["2", "3", "4", "5"].map(|it| Scalar(it.to_owned())))]
    start_levels: Vec<Scalar>,

    /// Runlevels in which it is stopped.
    #[arg(default = ["0", "1", "6"].map(|it| Scalar(it.to_owned())))]
    stop_levels: Vec<Scalar>,
}

impl Operation for Enable {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let links = self.links();
        for path in &links {
            host.want(&Entry { path: path.clone() });
        }
        let target = format!("/etc/init.d/{}", self.service);
        let mut todo = Commands::default();
        for path in &links {
            match &*host.fact(&Link::at(path))? {
                Found::Absent => todo.run(sh!("ln -s -- {target} {path}")),
                Found::Here(info) if info.link_target.as_ref() == Some(&target) => continue,
                Found::Here(_) => todo.run(sh!("ln -sfn -- {target} {path}")),
                Found::Other => {
                    return Err(Error::failed(format!("{path} exists and is no link"))
                        .hint("move it away first"));
                }
            };
            todo.attribute(path, "target", "", &target);
            let info = Info { link_target: Some(target.clone()), ..Info::default() };
            todo.will_be(path, EntryKind::Link, info);
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is enabled", self.service)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let links = self.links().into_iter().map(Scope::path);
        links.chain([Scope::SERVICES]).collect()
    }
}

impl Enable {
    fn links(&self) -> Vec<String> {
        let link = |level: &Scalar, kind: char, priority: &Scalar| {
            format!("/etc/rc{level}.d/{kind}{priority}{}", self.service)
        };
        let start = self.start_levels.iter().map(|it| link(it, 'S', &self.start_priority));
        let stop = self.stop_levels.iter().map(|it| link(it, 'K', &self.stop_priority));
        start.chain(stop).collect()
    }
}
