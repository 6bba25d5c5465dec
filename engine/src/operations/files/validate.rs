//! The check that a new file must pass before it goes live.

use crate::command::quote;

/// Debian's `crontab` looks at a file with `-n`, cronie's with `-T`; others cannot. To cronie `-n` means
/// something else.
const CRONTAB: &str = "case \"$(crontab -h 2>&1)\" in *'-n'*'dry run'*) crontab -n %s;; \
    *'-T'*) crontab -T %s;; esac";

/// The check given, where it says something; else that of the program which reads the file, where the
/// host has it.
///
/// `visudo` looks at the file alone. `sshd` and `nginx` also mind their surroundings (host keys,
/// certificates), so they have a say only where the present file pleases them.
pub(super) fn check(path: &str, given: Option<&str>) -> Option<String> {
    if let Some(given) = given {
        return Some(given.to_owned()).filter(|it| !it.is_empty());
    }
    let checker = match path {
        "/etc/ssh/sshd_config" => "sshd -tf",
        "/etc/nginx/nginx.conf" => "nginx -tqc",
        path if path == "/etc/sudoers" || path.starts_with("/etc/sudoers.d/") => {
            return Some("! command -v visudo >/dev/null || visudo -cf %s >/dev/null".to_owned());
        }
        path if path == "/etc/crontab" || path.starts_with("/etc/cron.d/") => {
            return Some(CRONTAB.to_owned());
        }
        _ => return None,
    };
    let path = quote(path);
    Some(format!("! {checker} {path} >/dev/null 2>&1 || {checker} %s"))
}
