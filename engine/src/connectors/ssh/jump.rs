//! Hosts on the way to another: `ProxyJump`.

use super::Target;
use crate::connectors::process::ConnectError;

/// One jump host, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) host: String,
    pub(super) user: Option<String>,
    pub(super) port: Option<u16>,
    text: String,
}

impl Hop {
    /// `[user@]host[:port]` or `ssh://…`, separated by commas, the nearest first.
    pub(super) fn list(text: &str) -> Result<Vec<Self>, ConnectError> {
        text.split(',').map(|hop| Self::parse(hop.trim())).collect()
    }

    fn parse(text: &str) -> Result<Self, ConnectError> {
        let wrong = || {
            ConnectError::new(format!("`{text}` is not a jump host"))
                .hint("write it as [user@]host[:port]; several are separated by commas")
        };
        let bare = text.strip_prefix("ssh://").unwrap_or(text).trim_end_matches('/');
        let (user, rest) = match bare.rsplit_once('@') {
            Some((user, rest)) => (Some(user.to_owned()), rest),
            None => (None, bare),
        };
        let (host, port) = split_port(rest);
        let port = port.map(|port| port.parse().map_err(|_| wrong())).transpose()?;
        if host.is_empty() || host.starts_with('-') {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), user, port, text: text.to_owned() })
    }

    /// How the last of `hops` is reached: over those before it, or else as its own configuration
    /// says. Keys and files go along from `beyond`, its password does not.
    pub(super) fn target(hops: &[Self], beyond: &Target) -> Option<Target> {
        let (last, before) = hops.split_last()?;
        let before: Vec<&str> = before.iter().map(|hop| hop.text.as_str()).collect();
        Some(Target {
            name: last.host.clone(),
            port: last.port,
            user: last.user.clone(),
            keys: beyond.keys.clone(),
            key_password: beyond.key_password.clone(),
            jump: (!before.is_empty()).then(|| before.join(",")),
            config_file: beyond.config_file.clone(),
            known_hosts_file: beyond.known_hosts_file.clone(),
            strict_host_key_checking: beyond.strict_host_key_checking.clone(),
            connect_timeout: beyond.connect_timeout,
            ..Target::default()
        })
    }
}

/// `host:port`, `[v6]:port`, or a bare address of IPv6, which has no port.
fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::Hop;

    #[test]
    fn hops_are_read_in_every_form() {
        for (text, host, user, port) in [
            ("bastion", "bastion", None, None),
            ("ops@bastion:2222", "bastion", Some("ops"), Some(2222)),
            ("ssh://ops@bastion:2222", "bastion", Some("ops"), Some(2222)),
            ("[2001:db8::1]:2222", "2001:db8::1", None, Some(2222)),
            ("2001:db8::1", "2001:db8::1", None, None),
            ("a@b@bastion", "bastion", Some("a@b"), None),
        ] {
            let hops = Hop::list(text).unwrap();
            let [hop] = hops.as_slice() else { panic!("{text} is one hop") };
            assert_eq!(
                (hop.host.as_str(), hop.user.as_deref(), hop.port),
                (host, user, port),
                "{text}"
            );
        }
        for text in ["", "bastion:ssh", "bastion,", "-oProxyCommand=x", "bastion:99999"] {
            assert!(Hop::list(text).is_err(), "{text}");
        }
    }
}
