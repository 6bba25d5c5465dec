//! A deploy on ever more simulated hosts: what grows, and how.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Outcome;
use crate::measure::{Taken, say, take};

/// Five operations; the first run changes all of them, the second only the command.
const DEPLOY: &str = r#"let folder = env("FLEET_FOLDER") + "/" + host.name;
files.directory(folder, #{ mode: "755" });
files.put("payload.txt", folder + "/payload.txt", #{ mode: "644" });
files.line(folder + "/settings", "workers=4");
files.link(folder + "/current", folder + "/payload.txt");
server.shell("true");
"#;

/// Only logging in, and a command.
const COMMAND: &str = "true";

pub(crate) fn run(infra: &str, hosts: &[&str]) -> Outcome {
    let infra = fs::canonicalize(infra)?;
    let given: Result<Vec<usize>, _> = hosts.iter().map(|it| it.parse()).collect();
    let counts = given.map_err(|_| "hosts are whole numbers")?;
    let counts = if counts.is_empty() { vec![100, 300, 1000] } else { counts };
    let fleet = Fleet::start()?;
    say("hosts  what        wall s   client CPU s   CPU ms/host   peak MiB   KiB/host");
    for count in counts {
        fleet.inventory(count)?;
        let exec = fleet.command(&infra, &["inventory.rhai", "exec", "--", COMMAND]);
        report(count, "exec", &take(exec)?)?;
        for what in ["first", "converged"] {
            let deploy = fleet.command(&infra, &["-y", "inventory.rhai", "deploy.rhai"]);
            report(count, what, &take(deploy)?)?;
        }
        fleet.forget()?;
    }
    Ok(())
}

fn report(count: usize, what: &str, taken: &Taken) -> Outcome {
    if !taken.success {
        return Err(format!("{what} on {count} hosts failed: {}", taken.said).into());
    }
    let hosts = f64::from(u32::try_from(count)?);
    let memory = f64::from(u32::try_from(taken.memory)?);
    say(&format!(
        "{count:5}  {what:9} {:8.2} {:14.2} {:13.2} {:10.1} {:10.0}",
        taken.wall,
        taken.cpu,
        taken.cpu * 1000.0 / hosts,
        memory / 1024.0,
        memory / hosts,
    ));
    Ok(())
}

/// The simulated hosts and the project that is run on them; both gone at the end.
struct Fleet {
    server: Child,
    port: u16,
    folder: PathBuf,
}

impl Fleet {
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = std::env::temp_dir().join(format!("infra-fleet-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("deploy.rhai"), DEPLOY)?;
        fs::write(folder.join("payload.txt"), "what every host gets\n".repeat(50))?;
        let mut server = Command::new(std::env::current_exe()?)
            .arg("fleet")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let mut fleet = Self { server, port: 0, folder };
        fleet.port = line.trim().parse().map_err(|_| "the fleet did not start")?;
        fleet.key()?;
        Ok(fleet)
    }

    /// The key to log in with; every key is let in.
    fn key(&self) -> Outcome {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(self.folder.join("key"))
            .status()?;
        if made.success() { Ok(()) } else { Err("ssh-keygen failed".into()) }
    }

    fn inventory(&self, count: usize) -> Outcome {
        let (port, key) = (self.port, self.folder.join("key"));
        let text = format!(
            "let hosts = [];\nfor i in 1..={count} {{\n    hosts.push([`host${{i}}`, #{{\n        \
             ssh_hostname: \"127.0.0.1\", ssh_port: {port}, ssh_user: \"ops\", ssh_key: {:?},\n        \
             ssh_known_hosts_file: \"/dev/null\", ssh_strict_host_key_checking: \"off\",\n    }}]);\n}}\n",
            key.to_string_lossy()
        );
        Ok(fs::write(self.folder.join("inventory.rhai"), text)?)
    }

    fn command(&self, infra: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(infra);
        command.args(arguments).current_dir(&self.folder);
        command.env("FLEET_FOLDER", self.folder.join("hosts"));
        command
    }

    /// Lets the next run be a first one again.
    fn forget(&self) -> Outcome {
        Ok(fs::remove_dir_all(self.folder.join("hosts"))?)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // Nothing more can be done about either.
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
