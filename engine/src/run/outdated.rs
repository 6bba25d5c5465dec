//! Whether a saved plan still holds for a host.

use super::Run;
use crate::error::Error;
use crate::event::{Basis, Event, Listener as _, Plan};
use crate::place::Problem;

impl Run<'_> {
    /// Takes out the hosts that are not as they were when the plan was saved; says what differs.
    pub(super) fn refuse_outdated(&self, plan: &mut Plan, ready: &mut Vec<usize>) {
        let Some(saved) = &self.settings.saved else { return };
        ready.retain(|index| {
            let host = self.name(*index);
            let now = plan.bases.get(&host).cloned().unwrap_or_default();
            let Some(error) = outdated(saved.get(&host), &now) else { return true };
            plan.records.retain(|it| it.host != host);
            plan.open.retain(|(name, _)| *name != host);
            plan.stops.retain(|it| it.host != host);
            let problem = Problem { host: Some(host), ..Problem::new(error) };
            self.tally.event(&Event::Problem(problem));
            false
        });
    }
}

/// So many facts that have changed are named.
const NAMED: usize = 5;

/// Why a saved plan no longer holds for a host.
fn outdated(saved: Option<&Basis>, now: &Basis) -> Option<Error> {
    let again = "nothing was done on this host; make a new plan";
    let Some(saved) = saved else {
        return Some(Error::failed("the host is not in the saved plan").hint(again));
    };
    // The key ends with the sum of the account that asks.
    let name = |key: &str| key.rsplit_once(' ').map_or(key, |(label, _)| label).to_owned();
    let mut changed: Vec<String> = saved
        .facts
        .iter()
        .filter(|(key, sum)| now.facts.get(*key).is_some_and(|it| it != *sum))
        .map(|(key, _)| format!("`{}`", name(key)))
        .collect();
    changed.dedup();
    if !changed.is_empty() {
        let more = changed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        changed.truncate(NAMED);
        let facts = changed.join(", ");
        let message = format!("changed since the plan was saved: {facts}{more}");
        return Some(Error::failed(message).hint(again));
    }
    let pairs = saved.operations.iter().zip(&now.operations);
    let other = pairs.into_iter().find(|(before, after)| before != after).map(|(it, _)| it);
    let longer = || {
        let at = saved.operations.len().min(now.operations.len());
        saved.operations.get(at).or_else(|| now.operations.get(at))
    };
    let (label, _) = other.or_else(longer)?;
    let message = format!("`{label}` is not what the saved plan says any more");
    Some(Error::failed(message).hint("the script or its data have changed; make a new plan"))
}
