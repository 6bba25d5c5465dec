//! The live display: finished blocks scroll, a status line under them says what goes on now.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use infra_engine::event::{Event, Listener, Status};

use super::Screen;
use crate::terminal::{self, Role, Style};
use crate::words;

/// How often the time in the status line moves on.
const TICK: Duration = Duration::from_millis(200);
/// The line is not drawn more often than this.
const PAUSE: Duration = Duration::from_millis(50);
/// A run that is over sooner shows no status line at all.
const PATIENCE: Duration = Duration::from_millis(250);

/// Standard error with a status line at the bottom.
pub(crate) struct StatusScreen<W> {
    state: Mutex<State<W>>,
    ended: Condvar,
}

struct State<W> {
    out: W,
    style: Style,
    start: Instant,
    /// What goes on; nothing is drawn where it is `None`.
    now: Option<String>,
    is_drawn: bool,
    /// When the line was last drawn.
    drawn: Option<Instant>,
    is_over: bool,
}

impl<W: Write + Send + 'static> StatusScreen<W> {
    /// A screen whose status line is redrawn until the screen is dropped.
    pub(crate) fn new(out: W, style: Style) -> Arc<Self> {
        let start = Instant::now();
        let state =
            State { out, style, start, now: None, is_drawn: false, drawn: None, is_over: false };
        let screen = Arc::new(Self { state: Mutex::new(state), ended: Condvar::new() });
        let weak = Arc::downgrade(&screen);
        std::thread::spawn(move || tick(&weak));
        screen
    }

    fn with<T>(&self, what: impl FnOnce(&mut State<W>) -> T) -> T {
        what(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows what goes on now.
    fn show(&self, now: String) {
        self.with(|state| {
            state.now = Some(now);
            // Many hosts tell much in little time; what is not drawn now, the next tick draws.
            if state.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE) {
                state.redraw();
            }
        });
    }

    /// Takes the line away for good.
    pub(crate) fn end(&self) {
        self.with(|state| {
            state.is_over = true;
            state.now = None;
            state.redraw();
        });
        self.ended.notify_all();
    }
}

/// Redraws until the screen is gone or over.
fn tick<W: Write + Send + 'static>(screen: &Weak<StatusScreen<W>>) {
    loop {
        let Some(screen) = screen.upgrade() else { return };
        let state = screen.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = screen.ended.wait_timeout(state, TICK);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_over {
            return;
        }
        state.redraw();
    }
}

impl<W: Write> State<W> {
    fn redraw(&mut self) {
        let elapsed = self.start.elapsed();
        let line = match &self.now {
            Some(now) if elapsed >= PATIENCE => {
                // One column less than the terminal has, so that it never wraps.
                let time = words::seconds(elapsed.as_secs_f64());
                let width = terminal::width().saturating_sub(time.len() + 3);
                let now: String = terminal::harmless(now).chars().take(width).collect();
                Some(format!("{}  {}", self.style.paint(Role::Notice, now), time))
            }
            _ => None,
        };
        let drawn = line.is_some();
        self.drawn = drawn.then(Instant::now);
        if drawn || self.is_drawn {
            let line = line.unwrap_or_default();
            // Back to the first column, line cleared.
            let _ = write!(self.out, "\r\x1b[2K{line}").and_then(|()| self.out.flush());
        }
        self.is_drawn = drawn;
    }
}

impl<W: Write + Send + 'static> Screen for StatusScreen<W> {
    fn has_status_line(&self) -> bool {
        true
    }

    fn write(&self, text: &str) {
        self.with(|state| {
            let clear = if state.is_drawn { "\r\x1b[2K" } else { "" };
            let text = terminal::harmless(text);
            let _ = write!(state.out, "{clear}{text}").and_then(|()| state.out.flush());
            state.is_drawn = false;
            state.redraw();
        });
    }

    /// What else happens waits until the answer is there.
    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        self.with(|state| {
            let clear = if state.is_drawn { "\r\x1b[2K" } else { "" };
            state.is_drawn = false;
            let question = terminal::harmless(question);
            super::ask(&mut state.out, &format!("{clear}{question}"), hidden)
        })
    }
}

/// Keeps a screen's status line up to date.
pub(crate) struct Live<W> {
    screen: Arc<StatusScreen<W>>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    hosts: usize,
    connected: usize,
    lost: usize,
    label: Option<String>,
    running: usize,
    done: usize,
    /// Operations of the plan, each counted on each host.
    planned: usize,
    ended: usize,
    /// Of a single host: the operation that it runs, and how many that were sent with it have ended.
    running_alone: Option<(String, usize)>,
    /// The host that has been waited for the longest: since when, in seconds, and what it said last.
    waiting: Option<(String, f64, String)>,
}

impl<W: Write + Send + 'static> Live<W> {
    /// Shows what goes on at the bottom of a screen.
    pub(crate) fn new(screen: Arc<StatusScreen<W>>) -> Self {
        Self { screen, progress: Mutex::default() }
    }
}

impl Progress {
    /// Takes in what happened; gives what the line is to say.
    fn follow(&mut self, event: &Event) -> String {
        match event {
            Event::Start { hosts, .. } => self.hosts = hosts.len(),
            Event::Connected { .. } => self.connected += 1,
            Event::Unreachable { .. } => self.lost += 1,
            Event::OperationStart { subject, hosts } => {
                self.label = Some(subject.label.clone());
                self.running = hosts.len();
                self.done = 0;
            }
            Event::OperationEnd { .. } => {
                self.label = None;
                self.waiting = None;
            }
            Event::Waiting { host, seconds, line, .. } => {
                let longest = self.waiting.as_ref().filter(|it| it.0 != *host);
                if longest.is_none_or(|(_, since, _)| since < seconds) {
                    self.waiting = Some((host.clone(), *seconds, line.clone()));
                }
            }
            Event::Plan(plan) => self.planned = plan.records.len(),
            Event::Running { subject, before, .. } if self.hosts == 1 => {
                self.running_alone = Some((subject.label.clone(), *before));
                self.waiting = None;
            }
            Event::Result(record) => {
                self.done += usize::from(record.status != Status::NotRun);
                self.ended += 1;
                self.running_alone = None;
                self.waiting.take_if(|it| it.0 == record.host);
            }
            _ => {}
        }
        self.line() + self.awaited().as_str()
    }

    /// What is waited for.
    fn awaited(&self) -> String {
        let Some((host, seconds, line)) = &self.waiting else { return String::new() };
        let host = if self.hosts == 1 { String::new() } else { format!("{host} ") };
        let says = if line.is_empty() { String::new() } else { format!(": {line}") };
        format!(" ({host}{seconds:.0} s{says})")
    }

    /// What goes on.
    fn line(&self) -> String {
        let (running, sent) = match &self.running_alone {
            Some((label, before)) => (format!(": {label}"), *before),
            None => (String::new(), 0),
        };
        match &self.label {
            Some(label) => {
                let hosts = words::count(self.running.max(self.done), "host");
                format!("{label}: {} of {hosts}", self.done)
            }
            // Hosts that do not wait for each other have no operation in common.
            None if self.planned > 0 && self.planned >= self.ended + sent => {
                let operations = words::count(self.planned, "operation");
                format!("{} of {operations}{running}", self.ended + sent)
            }
            None if self.connected + self.lost < self.hosts => {
                let hosts = words::count(self.hosts, "host");
                format!("connecting: {} of {hosts}", self.connected + self.lost)
            }
            None => format!("looking at {}", words::count(self.hosts, "host")),
        }
    }
}

impl<W: Write + Send + 'static> Listener for Live<W> {
    fn event(&self, event: &Event) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Summary(_) => self.screen.end(),
            other => {
                let now = progress.follow(other);
                self.screen.show(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use infra_engine::event::{Change, Plan, Subject};

    use super::*;
    use crate::report::testing::{planned, record, start, subject};

    #[test]
    fn a_host_on_its_own_shows_what_it_runs() {
        let [one, two] = ["One", "Two"].map(|label| subject(label, "server.shell", 1));
        let running = |subject: &Arc<Subject>, before| Event::Running {
            subject: Arc::clone(subject),
            host: "h1".into(),
            before,
        };
        let result = |subject| Event::Result(record(subject, "h1", Status::Changed));
        let records = [&one, &two].map(|it| planned(it, "h1", Change::Change, None)).into();
        let events = [
            (start(&["h1"]), "connecting: 0 of 1 host"),
            (Event::Plan(Plan { records, ..Plan::default() }), "0 of 2 operations"),
            (running(&one, 0), "0 of 2 operations: One"),
            (running(&two, 1), "1 of 2 operations: Two"),
            (result(&one), "1 of 2 operations"),
            (result(&two), "2 of 2 operations"),
        ];
        let mut progress = Progress::default();
        for (event, line) in events {
            assert_eq!(progress.follow(&event), line, "{event:?}");
        }
    }

    #[test]
    fn what_is_waited_for_shows_its_last_line() {
        let one = subject("One", "server.shell", 1);
        let hosts = vec!["h1".to_owned(), "h2".to_owned()];
        let waiting = |host: &str, seconds, line: &str| Event::Waiting {
            subject: Arc::clone(&one),
            host: host.into(),
            seconds,
            line: line.into(),
        };
        let events = [
            (Event::OperationStart { subject: Arc::clone(&one), hosts }, "One: 0 of 2 hosts"),
            (waiting("h1", 5.0, "half"), "One: 0 of 2 hosts (h1 5 s: half)"),
            (waiting("h2", 5.0, ""), "One: 0 of 2 hosts (h1 5 s: half)"),
            (waiting("h1", 10.0, "most"), "One: 0 of 2 hosts (h1 10 s: most)"),
            (Event::Result(record(&one, "h1", Status::Changed)), "One: 1 of 2 hosts"),
            (waiting("h2", 15.0, ""), "One: 1 of 2 hosts (h2 15 s)"),
            (Event::OperationEnd { subject: Arc::clone(&one) }, "looking at 2 hosts"),
        ];
        let mut progress = Progress { hosts: 2, connected: 2, ..Progress::default() };
        for (event, line) in events {
            assert_eq!(progress.follow(&event), line, "{event:?}");
        }
        let mut alone = Progress { hosts: 1, connected: 1, planned: 2, ..Progress::default() };
        let running = Event::Running { subject: Arc::clone(&one), host: "h1".into(), before: 0 };
        assert_eq!(alone.follow(&running), "0 of 2 operations: One");
        let line = "0 of 2 operations: One (5 s: half)";
        assert_eq!(alone.follow(&waiting("h1", 5.0, "half")), line);
    }

    #[test]
    fn of_several_hosts_it_would_be_one_of_many() {
        let event = Event::Running {
            subject: subject("One", "server.shell", 1),
            host: "h1".into(),
            before: 0,
        };
        let mut progress = Progress { hosts: 2, planned: 4, ..Progress::default() };
        assert_eq!(progress.follow(&event), "0 of 4 operations");
    }
}
