//! Open files: one or a few for each host, and shells give a process 1024 to begin with.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What one host may need: a socket, or the three pipes of a local `sh` or a `ProxyCommand`, and a file
/// that is being sent.
const PER_HOST: u64 = 4;
/// What the run itself needs: logs, scripts, what is being read for templates.
const OWN: u64 = 256;

/// Raises the limit of open files to what so many hosts need, as far as the system lets us. Where they
/// fit anyway nothing changes, because local commands inherit the limit.
pub(super) fn make_room(hosts: usize) {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if let Some(limit) = room(soft, hard, hosts) {
        // What does not fit is told by the host that cannot be connected.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, limit, hard);
    }
}

/// The limit to set, where the present one is too low and can be raised.
fn room(soft: u64, hard: u64, hosts: usize) -> Option<u64> {
    let hosts = u64::try_from(hosts).unwrap_or(u64::MAX);
    let wanted = hosts.saturating_mul(PER_HOST).saturating_add(OWN).min(hard);
    (wanted > soft).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_where_hosts_need_it() {
        for (soft, hard, hosts, expected) in [
            (1024, 20_000, 1, None),
            (1024, 20_000, 192, None),
            (1024, 20_000, 193, Some(1028)),
            (1024, 20_000, 1000, Some(4256)),
            (1024, 20_000, 100_000, Some(20_000)),
            (1024, 1024, 1000, None),
            (1024, u64::MAX, usize::MAX, Some(u64::MAX)),
        ] {
            assert_eq!(room(soft, hard, hosts), expected, "{soft} {hard} {hosts}");
        }
    }
}
