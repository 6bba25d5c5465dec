//! The running hosts: who has which, looks at them that do not go through the tested program, and
//! projects whose inventory they are.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::{env, fs};

use infra_tests::{Outcome, Project, Shown};
use serde_json::{Value, json};

/// A host of the bed.
#[derive(Clone, Debug)]
pub(crate) struct BedHost {
    /// Its name: `t1`.
    pub(crate) name: String,
    /// `light`, `full` with systemd, or `small` with nothing but busybox.
    pub(crate) kind: String,
    /// Its address.
    pub(crate) ip: String,
    /// The port of its SSH server.
    pub(crate) port: u64,
    /// Its key, as in `known_hosts`.
    host_key: String,
}

/// All hosts, and those that no test has now.
pub(crate) struct Bed {
    key: PathBuf,
    free: Mutex<VecDeque<BedHost>>,
    returned: Condvar,
}

/// Hosts that a test has for itself; they go back at the end.
pub(crate) struct Taken {
    pub(crate) hosts: Vec<BedHost>,
}

/// The bed that `INFRA_BED_INFO` describes.
///
/// # Panics
///
/// If there is none: no test could tell anything.
pub(crate) fn bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(|| {
        let path = env::var_os("INFRA_BED_INFO")
            .expect("INFRA_BED_INFO names the output of `tests/bed info`; see tests/README.md");
        let text = fs::read_to_string(path).expect("INFRA_BED_INFO can be read");
        let info: Value = serde_json::from_str(&text).expect("INFRA_BED_INFO is JSON");
        let key = info["key"].as_str().expect("the bed has a key").into();
        let hosts = info["hosts"].as_array().expect("the bed has hosts");
        let free = hosts.iter().map(BedHost::read).collect();
        Bed { key, free: Mutex::new(free), returned: Condvar::new() }
    })
}

impl BedHost {
    fn read(info: &Value) -> Self {
        let text = |name: &str| info[name].as_str().expect("a host of the bed is complete").into();
        Self {
            name: text("name"),
            kind: text("kind"),
            ip: text("ip"),
            port: info["port"].as_u64().expect("a host of the bed has a port"),
            host_key: text("host_key"),
        }
    }

    /// Its line in `known_hosts`.
    pub(crate) fn known(&self) -> String {
        format!("[{}]:{} {}\n", self.ip, self.port, self.host_key)
    }

    /// Runs a shell script on the host as root, by `ssh`; it stops at the first failing command.
    pub(crate) fn shell(&self, script: &str) -> Outcome<Shown> {
        let project = Project::new();
        let known = project.file("known_hosts", self.known());
        let mut ssh = Command::new("ssh")
            .args(["-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"])
            .args(["-o", "ConnectTimeout=20", "-o"])
            .arg(format!("UserKnownHostsFile={}", known.display()))
            .arg("-i")
            .arg(&bed().key)
            .args(["-p", &self.port.to_string(), &format!("root@{}", self.ip), "sh -eu"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("ssh: {error}"))?;
        if let Some(mut input) = ssh.stdin.take() {
            input.write_all(script.as_bytes()).map_err(|error| format!("ssh: {error}"))?;
        }
        let output = ssh.wait_with_output().map_err(|error| format!("ssh: {error}"))?;
        Ok(Shown::of(&output))
    }

    /// The same for a script that must succeed; gives what it printed.
    pub(crate) fn sure(&self, what: &str, script: &str) -> Outcome<String> {
        let shown = self.shell(script)?;
        match shown.code {
            0 => Ok(shown.stdout),
            _ => Err(format!("{what} failed on {}:\n{script}\n{}", self.name, shown.text())),
        }
    }

    /// The host in an inventory script, logged in to as `user`, with more of its data.
    pub(crate) fn entry(&self, user: &str, project: &Project, more: &Value) -> String {
        let mut data = json!({
            "ssh_hostname": self.ip, "ssh_port": self.port, "ssh_user": user,
            "ssh_key": bed().key, "ssh_known_hosts_file": project.folder().join("known_hosts"),
        });
        if let (Some(data), Some(more)) = (data.as_object_mut(), more.as_object()) {
            data.extend(more.clone());
            // Rhai has no word for it.
            data.retain(|_, value| !value.is_null());
        }
        // JSON text is also the text of a Rhai map, but for its first character.
        format!("[{:?}, #{data}]", self.name)
    }
}

impl Bed {
    /// Takes so many hosts of a kind; waits until they are free.
    ///
    /// # Panics
    ///
    /// If the bed does not have so many at all.
    pub(crate) fn take(&self, kind: &str, number: usize) -> Taken {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if free.iter().filter(|host| host.kind == kind).count() >= number {
                let (mut hosts, rest): (Vec<_>, Vec<_>) =
                    free.drain(..).partition(|host| host.kind == kind);
                free.extend(rest);
                free.extend(hosts.drain(number..));
                hosts.sort_by(|a, b| a.name.cmp(&b.name));
                return Taken { hosts };
            }
            let (again, waited) = self
                .returned
                .wait_timeout(free, std::time::Duration::from_mins(5))
                .unwrap_or_else(PoisonError::into_inner);
            assert!(!waited.timed_out(), "there are no {number} free hosts of kind {kind}");
            free = again;
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut free = bed().free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.hosts.drain(..));
        bed().returned.notify_all();
    }
}

impl Taken {
    /// The first host.
    ///
    /// # Panics
    ///
    /// If none was taken.
    pub(crate) fn one(&self) -> &BedHost {
        self.hosts.first().expect("at least one host was taken")
    }

    /// A project whose inventory are these hosts.
    pub(crate) fn project(&self) -> Project {
        self.project_as("root", &json!({}))
    }

    /// A project whose inventory are these hosts, logged in to as `user`.
    pub(crate) fn project_as(&self, user: &str, data: &Value) -> Project {
        let project = Project::new();
        let known: String = self.hosts.iter().map(BedHost::known).collect();
        project.file("known_hosts", known);
        let entries: Vec<_> =
            self.hosts.iter().map(|host| host.entry(user, &project, data)).collect();
        project.file("inventory.rhai", format!("let bed = [\n{}\n];\n", entries.join(",\n")));
        project
    }
}

/// Calls `tests/bed`, for hosts of a test's own.
pub(crate) fn bed_command(words: &[&str]) -> Outcome<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("bed");
    let output = Command::new(path).args(words).output().map_err(|error| error.to_string())?;
    let shown = Shown::of(&output);
    if shown.code == 0 { Ok(shown.stdout) } else { Err(format!("{words:?}: {}", shown.text())) }
}

/// A light host of a test's own, that may come to harm. It ends with the value.
pub(crate) struct Own {
    pub(crate) taken: Taken,
}

impl Own {
    /// Starts it, with these lines in its `sshd_config`.
    pub(crate) fn start(name: &str, options: &[&str]) -> Outcome<Self> {
        let words: Vec<&str> = ["sshd", name].iter().chain(options).copied().collect();
        bed_command(&words)?;
        let info: Value =
            serde_json::from_str(&bed_command(&["info"])?).map_err(|error| error.to_string())?;
        let hosts = info["hosts"].as_array().into_iter().flatten();
        let own = hosts.filter(|host| host["name"] == name).map(BedHost::read).collect();
        Ok(Self { taken: Taken { hosts: own } })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // It was never among the free ones, and is not to get there.
        for host in self.taken.hosts.drain(..) {
            let _ = bed_command(&["down", &host.name]);
        }
    }
}
