//! OpenSSH servers for tests, and the keys to them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use infra_engine::connectors::ssh::Target;

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A folder with keys, gone at the end.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
}

impl Bench {
    /// With the user key `key` and a configuration without an agent.
    pub(crate) fn new() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("infra-ssh-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let bench = Self { folder };
        bench.keygen("key", &["-t", "ed25519", "-N", ""]);
        // The agent of whoever runs the tests has no part in them.
        bench.write("config", "IdentityAgent none\n");
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// A new key, with what `ssh-keygen` is told about it.
    pub(crate) fn keygen(&self, name: &str, arguments: &[&str]) -> PathBuf {
        let path = self.path(name);
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-C", name, "-f"]).arg(&path).args(arguments);
        command.stdin(Stdio::null());
        assert!(command.status().unwrap().success(), "ssh-keygen {name}");
        path
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A leftover folder harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// One server, ended with its value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    folder: PathBuf,
    log: PathBuf,
    /// The file of its host key.
    pub(crate) host_key: PathBuf,
}

impl Server {
    /// Lets the key `key` of the bench in; `settings` are lines of `sshd_config` that come first.
    pub(crate) fn start(bench: &Bench, settings: &str) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let host_key = bench.keygen(&format!("host{number}"), &["-t", "ed25519", "-N", ""]);
        let allowed = bench.path("authorized_keys");
        if !allowed.exists() {
            fs::copy(bench.path("key.pub"), &allowed).unwrap();
        }
        let config = bench.write(
            &format!("sshd{number}"),
            &format!(
                "MaxStartups 200\n{settings}\nHostKey {}\nAuthorizedKeysFile {}\nUsePAM no\nStrictModes no\n\
                 PidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin yes\nPermitUserEnvironment no\nAcceptEnv INFRA_*\n",
                host_key.display(),
                allowed.display()
            ),
        );
        // Root's sshd wants its empty folder, which the service file would make.
        let _ = fs::create_dir_all("/run/sshd");
        let log = bench.path(&format!("log{number}"));
        let port = free_port();
        let address = format!("ListenAddress=127.0.0.1:{port}");
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-o", &address, "-f"])
            .arg(config)
            .arg("-E")
            .arg(&log)
            .spawn()
            .unwrap();
        wait_for(port);
        Self { child, port, folder: bench.folder.clone(), log, host_key }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// How many logins it has let in.
    pub(crate) fn logins(&self) -> usize {
        self.log().matches("Accepted ").count()
    }

    /// How to reach it, with the key and the files of the bench.
    pub(crate) fn target(&self) -> Target {
        Target {
            port: Some(self.port),
            keys: vec![self.folder.join("key")],
            ..bare_target(&self.folder)
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An agent, ended with its value.
pub(crate) struct Agent {
    child: Child,
    pub(crate) socket: PathBuf,
}

impl Agent {
    /// Holds the keys of these names.
    pub(crate) fn start(bench: &Bench, keys: &[&str]) -> Self {
        let socket = bench.path("agent");
        let mut command = Command::new("ssh-agent");
        let child = command.args(["-D", "-a"]).arg(&socket).stdout(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while !socket.exists() {
            assert!(start.elapsed() < Duration::from_secs(20), "ssh-agent does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        let agent = Self { child, socket };
        for key in keys {
            let mut command = Command::new("ssh-add");
            command.env("SSH_AUTH_SOCK", &agent.socket).arg("-q").arg(bench.path(key));
            assert!(command.status().unwrap().success(), "ssh-add {key}");
        }
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// 127.0.0.1 with the configuration and the known hosts of the bench, nothing else.
pub(crate) fn bare_target(folder: &Path) -> Target {
    Target {
        name: "127.0.0.1".to_owned(),
        config_file: Some(folder.join("config")),
        known_hosts_file: Some(folder.join("known_hosts")),
        connect_timeout: Some(Duration::from_secs(20)),
        ..Target::default()
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "sshd does not listen on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
