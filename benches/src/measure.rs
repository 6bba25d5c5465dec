//! Running a command and reading what it took.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// How often the memory of a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What one command took.
#[derive(Debug)]
pub(crate) struct Taken {
    /// From its start to its end, in seconds.
    pub(crate) wall: f64,
    /// Of the processor, user and system, its own children included, in seconds.
    pub(crate) cpu: f64,
    /// The most memory that it held, in KiB.
    pub(crate) memory: u64,
    /// Whether it succeeded.
    pub(crate) success: bool,
    /// The last line that it printed.
    pub(crate) said: String,
}

/// Runs a command to its end. No other child of this process may end meanwhile.
pub(crate) fn take(mut command: Command) -> std::io::Result<Taken> {
    let before = children_cpu()?;
    let start = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let complaints = child.stderr.take();
    let reader = std::thread::spawn(move || {
        complaints.map(std::io::read_to_string).and_then(Result::ok).unwrap_or_default()
    });
    let mut memory = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        memory = memory.max(peak(child.id()).unwrap_or(0));
        // Short commands are measured exactly; long ones may be watched at leisure.
        std::thread::sleep(LOOK.min(start.elapsed() / 20));
    };
    let wall = start.elapsed().as_secs_f64();
    let cpu = children_cpu()? - before;
    let text = reader.join().unwrap_or_default();
    let said = text.lines().rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
    Ok(Taken { wall, cpu, memory, success: status.success(), said })
}

fn children_cpu() -> std::io::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let both = [usage.user_time(), usage.system_time()];
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a run are far below 2^52")]
    let seconds = |micros: i64| micros as f64 / 1e6;
    Ok(both.iter().map(|it| seconds(it.tv_sec() * 1_000_000 + it.tv_usec())).sum())
}

/// The most memory that a running process has held so far, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// One line on standard output, at once.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    // Whoever reads no more has seen enough.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One line on standard error.
pub(crate) fn say_error(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
