//! The slowest operations, for `--profile`.

use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use infra_engine::event::{Event, Listener, Subject};

use super::Screen;
use crate::words;

/// So many operations are shown.
const ROWS: usize = 10;

/// Adds up times and shows the longest at the end.
pub(crate) struct Profile {
    screen: Arc<dyn Screen>,
    times: Mutex<IndexMap<Arc<Subject>, Times>>,
}

#[derive(Debug, Default)]
struct Times {
    /// Of the slowest host.
    longest: f64,
    host: String,
    sum: f64,
    hosts: usize,
}

impl Profile {
    /// Shows times on a screen when the run is over.
    pub(crate) fn new(screen: Arc<dyn Screen>) -> Self {
        Self { screen, times: Mutex::default() }
    }
}

impl Listener for Profile {
    fn event(&self, event: &Event) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Result(record) => {
                let it = times.entry(Arc::clone(&record.subject)).or_default();
                it.sum += record.seconds;
                it.hosts += 1;
                if record.seconds >= it.longest {
                    it.longest = record.seconds;
                    it.host.clone_from(&record.host);
                }
            }
            Event::Summary(_) if !times.is_empty() => self.screen.write(&table(&times)),
            _ => {}
        }
    }
}

fn table(times: &IndexMap<Arc<Subject>, Times>) -> String {
    let mut rows: Vec<_> = times.iter().collect();
    rows.sort_by(|(_, left), (_, right)| right.longest.total_cmp(&left.longest));
    let mut text =
        String::from("\nSlowest operations (longest on a host, on all hosts together)\n");
    for (subject, it) in rows.into_iter().take(ROWS) {
        let longest = words::seconds(it.longest);
        let sum = words::seconds(it.sum);
        let place = &subject.place;
        let on = if it.hosts > 1 { format!("  on {}", it.host) } else { String::new() };
        let line = format!("  {longest:>9}  {sum:>9}  {}  {place}{on}", subject.label);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_come_first() {
        let subject = |label: &str| {
            let (label, operation) = (label.to_owned(), "server.shell".to_owned());
            Arc::new(Subject { label, operation, place: infra_engine::place::Place::default() })
        };
        let times = |longest, sum, hosts| Times { longest, host: "h2".into(), sum, hosts };
        let all = IndexMap::from([
            (subject("fast"), times(0.01, 0.02, 2)),
            (subject("slow"), times(61.0, 61.0, 1)),
        ]);
        let expected = "
Slowest operations (longest on a host, on all hosts together)
  1 min 1 s  1 min 1 s  slow
      10 ms      20 ms  fast    on h2
";
        assert_eq!(table(&all), expected);
    }
}
