use super::index;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Renew the index of packages.
///
/// Runs every time, unless `cache_time` says how old the index may be. It counts as changed only
/// where a server had something new.
///
/// ```rhai
/// apt.update(#{ cache_time: 3600 });
/// ```
#[derive(Debug, Args)]
#[args("apt.update")]
pub(crate) struct Update {
    /// Seconds for which the index is good. Default: it is renewed every time.
    cache_time: Option<i64>,
}

impl Operation for Update {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if !index::is_stale(host, self.cache_time)? {
            return Ok(Commands::none("the index of apt is new enough"));
        }
        let mut todo = Commands::default();
        index::renew(&mut todo);
        todo.changed = Some(index::fetched);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree("/var/lib/apt"), Scope::tree("/var/cache/apt")]
    }
}
