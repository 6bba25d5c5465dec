use crate::args::OneOrMany;
use crate::facts::server::{KernelModule, KernelModules};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Load or unload kernel modules.
///
/// They are loaded until the host restarts; `files.put` into `/etc/modules-load.d` keeps them.
///
/// ```rhai
/// server.modprobe("br_netfilter");
/// server.modprobe(["floppy", "pcspkr"], #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("server.modprobe")]
pub(crate) struct Modprobe {
    /// Name of the module, or several.
    module: OneOrMany<String>,

    /// Whether the modules should be loaded.
    #[arg(default = true)]
    present: bool,

    /// Load a module though it was built for another kernel, unload one though it is in use.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Modprobe {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let loaded = host.fact(&KernelModules {})?;
        let is_loaded = |name: &String| loaded.keys().any(|it| same(it, name));
        let modules: Vec<&String> =
            self.module.iter().filter(|it| is_loaded(it) != self.present).collect();
        if modules.is_empty() {
            let state = if self.present { "loaded" } else { "not loaded" };
            return Ok(Commands::none(format!("{}: {state}", self.module.join(", "))));
        }
        let mut flags = Shell::new();
        flags.flag("-f", self.force).flag("-r", !self.present);
        let mut todo = Commands::from(sh!("modprobe {flags} -a {modules}"));
        let mut after = loaded.as_ref().clone();
        for module in modules {
            if self.present {
                todo.attribute(format!("module {module}"), "loaded", "no", "yes");
                after.insert(module.clone(), KernelModule::default());
            } else {
                todo.attribute(format!("module {module}"), "loaded", "yes", "no");
                after.retain(|it, _| !same(it, module));
            }
        }
        todo.then(&KernelModules {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Topic("kernel")]
    }
}

/// Whether two names are of one module: `modprobe` takes `-` and `_` for the same, the kernel lists
/// modules with `_`.
fn same(loaded: &str, wanted: &str) -> bool {
    loaded == wanted || loaded.replace('-', "_") == wanted.replace('-', "_")
}
