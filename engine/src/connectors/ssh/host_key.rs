//! Is this really the host? The answer of `known_hosts` to the key that a host shows.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, Certificate, HashAlg, PublicKey, PublicKeyOrCertificate};

use super::Shared;
use super::ask::Question;
use super::known_hosts::{Entry, Marker, name_at};
use super::pattern;
use super::route::{Route, Strictness};
use crate::connectors::process::ConnectError;

/// What is known about one host before it shows its key.
#[derive(Debug)]
pub(super) struct Expected {
    label: String,
    /// The name under which a new key is written down.
    name: String,
    /// The name without alias and port, which certificates carry.
    host: String,
    entries: Vec<Entry>,
    /// Lines for the same host at the usual port; they can accept a key but not refuse one.
    at_usual_port: Vec<Entry>,
    strictness: Strictness,
    new_keys_go_to: Option<PathBuf>,
    hashed: bool,
}

impl Expected {
    /// Looks the host up in its files.
    pub(super) fn of(route: &Route, shared: &Shared) -> Self {
        let name = match &route.key_alias {
            Some(alias) => alias.to_lowercase(),
            None => name_at(&route.host, route.port),
        };
        let paths: Vec<PathBuf> =
            route.user_known_hosts.iter().chain(&route.global_known_hosts).cloned().collect();
        let usual = name_at(&route.host, 22);
        let at_usual_port = if route.key_alias.is_none() && usual != name {
            shared.known_hosts.find(&paths, &usual)
        } else {
            Vec::new()
        };
        Self {
            label: route.label.clone(),
            host: route.key_alias.as_ref().unwrap_or(&route.host).to_lowercase(),
            entries: shared.known_hosts.find(&paths, &name),
            name,
            at_usual_port,
            strictness: route.strictness,
            new_keys_go_to: route.user_known_hosts.first().cloned(),
            hashed: route.hash_known_hosts,
        }
    }

    /// `usual` with the kinds of key that are known for the host moved to the front, so that the
    /// host shows the key that can be compared.
    pub(super) fn key_order(&self, usual: &[Algorithm]) -> Vec<Algorithm> {
        let known = |algorithm: &Algorithm| {
            self.of_marker(Marker::Host)
                .chain(&self.at_usual_port)
                .any(|entry| same_kind(&entry.key.algorithm(), algorithm))
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = usual.iter().cloned().partition(known);
        first.extend(rest);
        first
    }

    /// The kinds of certificate to ask for: any when an authority is trusted for the host, else none.
    pub(super) fn certificate_order(&self, usual: &[Algorithm]) -> Vec<Algorithm> {
        match self.of_marker(Marker::Authority).next() {
            Some(_) => usual.to_vec(),
            None => Vec::new(),
        }
    }

    /// Accepts or refuses what the host has shown; an accepted new key is written down.
    pub(super) async fn check(
        &self,
        shown: &PublicKeyOrCertificate,
        shared: &Shared,
    ) -> Result<(), ConnectError> {
        match shown.certificate() {
            Some(certificate) => self.check_certificate(certificate),
            None => self.check_key(&shown.public_key(), shared).await,
        }
    }

    async fn check_key(&self, key: &PublicKey, shared: &Shared) -> Result<(), ConnectError> {
        self.refuse_revoked(key.key_data())?;
        let known: Vec<&Entry> = self.of_marker(Marker::Host).collect();
        if known.iter().any(|entry| entry.key == *key.key_data()) {
            return Ok(());
        }
        if known.is_empty() {
            let usual = self.at_usual_port.iter().filter(|entry| entry.marker == Marker::Host);
            if usual.into_iter().any(|entry| entry.key == *key.key_data()) {
                return Ok(());
            }
            return self.accept_new(key, shared).await;
        }
        if self.strictness == Strictness::Off {
            return Ok(());
        }
        Err(self.changed(key, &known))
    }

    fn refuse_revoked(&self, key: &KeyData) -> Result<(), ConnectError> {
        let revoked = self.of_marker(Marker::Revoked).find(|entry| entry.key == *key);
        let Some(entry) = revoked else { return Ok(()) };
        Err(ConnectError::new(format!(
            "{}: its host key {} is revoked by {}",
            self.label,
            fingerprint(key),
            place(entry)
        ))
        .hint("do not connect; give the host a new key"))
    }

    async fn accept_new(&self, key: &PublicKey, shared: &Shared) -> Result<(), ConnectError> {
        let accepted = match self.strictness {
            Strictness::Off | Strictness::AcceptNew => true,
            Strictness::Yes => false,
            Strictness::Ask => self.ask(key, shared).await,
        };
        if !accepted {
            return Err(self.unknown(key));
        }
        let Some(path) = &self.new_keys_go_to else { return Ok(()) };
        let written = shared.known_hosts.add(path, &self.name, key, self.hashed);
        match written {
            // Whoever checks nothing does not depend on the file either.
            Err(_) if self.strictness == Strictness::Off => Ok(()),
            Err(error) => Err(ConnectError::new(format!(
                "{}: cannot write its new host key to {}: {error}",
                self.label,
                path.display()
            ))
            .hint("make the file writable, or name another one with ssh_known_hosts_file")),
            Ok(()) => Ok(()),
        }
    }

    async fn ask(&self, key: &PublicKey, shared: &Shared) -> bool {
        let question = Question::HostKey {
            host: self.label.clone(),
            kind: key.algorithm().to_string(),
            fingerprint: fingerprint(key.key_data()),
        };
        let answer = shared.ask(question).await;
        answer.is_some_and(|answer| answer.trim().eq_ignore_ascii_case("yes"))
    }

    fn unknown(&self, key: &PublicKey) -> ConnectError {
        let shown = fingerprint(key.key_data());
        let kind = key.algorithm();
        ConnectError::new(format!("{}: its {kind} host key {shown} is not known", self.label)).hint(
            format!(
                "compare the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then \
                 run ssh-keyscan -t {kind} for it into known_hosts, or set \
                 ssh_strict_host_key_checking to accept-new",
            ),
        )
    }

    fn changed(&self, key: &PublicKey, known: &[&Entry]) -> ConnectError {
        let same = known.iter().find(|entry| same_kind(&entry.key.algorithm(), &key.algorithm()));
        let Some(entry) = same.or(known.first()) else { return self.unknown(key) };
        let (shown, expected) = (fingerprint(key.key_data()), fingerprint(&entry.key));
        ConnectError::new(format!(
            "{}: its host key has changed: it shows {} {shown}, but {} says {} {expected}",
            self.label,
            key.algorithm(),
            place(entry),
            entry.key.algorithm(),
        ))
        .hint(format!(
            "either someone is in between or the host was installed anew; if it was, forget the old key \
             with ssh-keygen -f {} -R '{}'",
            entry.path.display(),
            self.name
        ))
    }

    fn check_certificate(&self, certificate: &Certificate) -> Result<(), ConnectError> {
        self.refuse_revoked(certificate.public_key())?;
        self.refuse_revoked(certificate.signature_key())?;
        let problem = self.certificate_problem(certificate);
        let Some(problem) = problem.filter(|_| self.strictness != Strictness::Off) else {
            return Ok(());
        };
        let signer = fingerprint(certificate.signature_key());
        Err(ConnectError::new(format!(
            "{}: its host certificate, signed by {signer}, {problem}",
            self.label
        ))
        .hint("have the host's certificate renewed, or correct @cert-authority in known_hosts"))
    }

    fn certificate_problem(&self, certificate: &Certificate) -> Option<&'static str> {
        let trusted: Vec<_> = self
            .of_marker(Marker::Authority)
            .map(|entry| entry.key.fingerprint(HashAlg::Sha256))
            .collect();
        let signer = certificate.signature_key().fingerprint(HashAlg::Sha256);
        if !trusted.contains(&signer) {
            return Some("is not signed by an authority trusted for this host");
        }
        if !certificate.cert_type().is_host() {
            return Some("is one for users");
        }
        let principals = certificate.valid_principals();
        let named = |principal: &String| pattern::matches(&self.host, &principal.to_lowercase());
        if !principals.is_empty() && !principals.iter().any(named) {
            return Some("is for other hosts");
        }
        if !certificate.critical_options().is_empty() {
            return Some("carries critical options, which hosts have none of");
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let valid = certificate.validate_at(now, &trusted).is_ok();
        (!valid).then_some("is forged, not valid yet or no longer valid")
    }

    fn of_marker(&self, marker: Marker) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.marker == marker)
    }
}

fn fingerprint(key: &KeyData) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

fn place(entry: &Entry) -> String {
    match entry.line {
        0 => format!("{} (written by this run)", entry.path.display()),
        line => format!("{}, line {line},", entry.path.display()),
    }
}

/// All the hashes of RSA are one kind of key.
fn same_kind(one: &Algorithm, other: &Algorithm) -> bool {
    one == other || (is_rsa(one) && is_rsa(other))
}

/// Whether keys of this algorithm can sign with several hashes.
pub(super) fn is_rsa(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Rsa { .. })
}
