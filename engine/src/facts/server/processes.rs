use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Shell, sh};

/// The running processes by process id.
///
/// Where `ps` is busybox's, the shares of CPU and memory are 0, since it does not tell them;
/// whether it is, is seen from what it prints.
///
/// ```rhai
/// for process in host.fact("server.processes").values() {
///     if process.state.starts_with("Z") { host.log(`zombie: ${process.command}`); }
/// }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.processes")]
pub struct Processes {
    /// Only this process. Default: all.
    pub pid: Option<i64>,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    /// Whose it is.
    pub user: String,
    /// Its state as `ps` writes it: `Ss`.
    pub state: String,
    /// Share of one processor, in percent.
    pub cpu_percent: f64,
    /// Share of the memory, in percent.
    pub mem_percent: f64,
    /// Name of the program.
    pub command: String,
    /// The command line.
    pub args: String,
}

impl Fact for Processes {
    type Output = IndexMap<i64, Process>;

    /// busybox's `ps` knows neither `-p` nor `%cpu`, and lists all processes without being told.
    fn command(&self) -> Shell {
        match self.pid {
            None => sh!("LC_ALL=C ps -eo pid,user,stat,%cpu,%mem,comm,args 2>/dev/null \
                || LC_ALL=C ps -o pid,user,vsz,stat,args"),
            Some(pid) => {
                sh!("LC_ALL=C ps -o pid,user,stat,%cpu,%mem,comm,args -p {pid} 2>/dev/null \
                || LC_ALL=C ps -o pid,user,vsz,stat,args | awk -v pid={pid} '$1 == pid'")
            }
        }
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(|line| busybox(line).or_else(|| full(line))).collect())
    }
}

/// `  742 root     Ss    0.0  0.2 sshd            /usr/sbin/sshd`
fn full(line: &str) -> Option<(i64, Process)> {
    let (pid, rest) = word(line)?;
    let (user, rest) = word(rest)?;
    let (state, rest) = word(rest)?;
    let (cpu, rest) = word(rest)?;
    let (memory, rest) = word(rest)?;
    let (command, rest) = word(rest)?;
    let args = if rest.trim().is_empty() { command } else { rest.trim() };
    let process = Process {
        user: user.to_owned(),
        state: state.to_owned(),
        cpu_percent: cpu.parse().ok()?,
        mem_percent: memory.parse().ok()?,
        command: command.to_owned(),
        args: args.to_owned(),
    };
    Some((pid.parse().ok()?, process))
}

/// `  742 root      4408 S    /usr/sbin/sshd -D`: the third column is a size, `4408` or `12m`.
fn busybox(line: &str) -> Option<(i64, Process)> {
    let (pid, rest) = word(line)?;
    let (user, rest) = word(rest)?;
    let (size, rest) = word(rest)?;
    let (state, rest) = word(rest)?;
    if !size.starts_with(|it: char| it.is_ascii_digit()) || rest.trim().is_empty() {
        return None;
    }
    let args = rest.trim();
    let program = args.split_whitespace().next().unwrap_or_default();
    let process = Process {
        user: user.to_owned(),
        state: state.to_owned(),
        command: program.rsplit('/').next().unwrap_or_default().to_owned(),
        args: args.to_owned(),
        ..Process::default()
    };
    Some((pid.parse().ok()?, process))
}

/// The first word, and the rest.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_formats_apart() {
        let output = "PID   USER     VSZ  STAT COMMAND\n  742 root      12m S    {sh} /sbin/x -D\n\
            1 root Ss 1.5 0.1 init /sbin/init\n9 root Z 0.0 0.0 x\n";
        let found = Processes { pid: None }.parse(output).unwrap();
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [742, 1, 9]);
        assert_eq!(found[&742].args, "{sh} /sbin/x -D");
        assert_eq!(found[&1].command, "init");
        assert_eq!(found[&9].args, "x");
    }
}
