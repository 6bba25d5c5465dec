//! Which keys are tried, and in what order.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::Certificate;
use russh::keys::agent::AgentIdentity;

use super::Shared;
use super::keys::{Found, Identity};
use super::route::Route;

/// One key to try.
pub(super) struct Credential {
    /// How errors name it.
    pub(super) label: String,
    pub(super) proof: Proof,
}

/// Where its signature comes from.
pub(super) enum Proof {
    File { identity: Arc<Identity>, certificate: Option<Box<Certificate>> },
    Agent { socket: PathBuf, identity: Box<AgentIdentity>, certificate: Option<Box<Certificate>> },
}

/// The keys for a host, the likeliest and cheapest first, because each wrong one costs a round trip
/// and hosts hang up after a few: those that were named and need nobody's help, those of the agent,
/// those with usual names, and last those whose passphrase has to be asked for. `notes` gets what
/// was named and cannot be used.
pub(super) async fn credentials(
    route: &Route,
    shared: &Shared,
    notes: &mut Vec<String>,
) -> Vec<Credential> {
    let mut choice = Choice {
        certificates: route.certificates.iter().filter_map(|path| certificate(path)).collect(),
        agent: agent(route, shared, notes).await,
        has_passphrase: route.key_password.is_some(),
        ready: Vec::new(),
        later: Vec::new(),
        asking: Vec::new(),
    };
    let identities = |paths: &[PathBuf]| -> Vec<Arc<Identity>> {
        paths.iter().map(|path| shared.keys.identity(path)).collect()
    };
    for identity in identities(&route.keys) {
        if let Some(note) = choice.named(&identity) {
            notes.push(format!("{}: {note}", identity.path.display()));
        }
    }
    for identity in identities(&route.default_keys) {
        choice.usual(&identity);
    }
    if !route.identities_only {
        choice.rest_of_agent();
    }
    choice.ready.extend(choice.later);
    choice.ready.extend(choice.asking);
    choice.ready
}

struct Choice {
    certificates: Vec<Certificate>,
    agent: Vec<(PathBuf, AgentIdentity)>,
    has_passphrase: bool,
    ready: Vec<Credential>,
    later: Vec<Credential>,
    asking: Vec<Credential>,
}

impl Choice {
    /// Takes over a key that was named; says why not.
    fn named(&mut self, identity: &Arc<Identity>) -> Option<String> {
        if identity.found == Found::Open {
            let found = self.in_file(identity);
            self.ready.extend(found);
            return None;
        }
        let held = self.in_agent(identity);
        if !held.is_empty() {
            self.ready.extend(held);
            return None;
        }
        match &identity.found {
            Found::Locked if self.has_passphrase => {
                let found = self.in_file(identity);
                self.ready.extend(found);
                None
            }
            Found::Locked => {
                let found = self.in_file(identity);
                self.asking.extend(found);
                None
            }
            Found::Unusable(reason) => Some(reason.clone()),
            Found::PublicOnly => Some("the agent does not hold it".to_owned()),
            Found::Nothing => Some("there is no such file".to_owned()),
            Found::Open => None,
        }
    }

    /// Takes over a key with a usual name, if there is one.
    fn usual(&mut self, identity: &Arc<Identity>) {
        let held = self.in_agent(identity);
        if !held.is_empty() {
            self.ready.extend(held);
            return;
        }
        let found = self.in_file(identity);
        match identity.found {
            Found::Open => self.later.extend(found),
            Found::Locked => self.asking.extend(found),
            Found::Nothing | Found::PublicOnly | Found::Unusable(_) => {}
        }
    }

    fn rest_of_agent(&mut self) {
        for (socket, identity) in std::mem::take(&mut self.agent) {
            let label = match identity.comment() {
                "" => format!("agent key {}", identity.public_key().algorithm()),
                comment => format!("agent key {comment}"),
            };
            let certificate = own_certificate(&identity).map(Box::new);
            let identity = Box::new(identity);
            let proof = Proof::Agent { socket, identity, certificate };
            self.ready.push(Credential { label, proof });
        }
    }

    /// The key with each of its certificates, then by itself.
    fn in_file(&self, identity: &Arc<Identity>) -> Vec<Credential> {
        let path = identity.path.display();
        let with = |certificate: Option<Certificate>, label: String| Credential {
            label,
            proof: Proof::File {
                identity: Arc::clone(identity),
                certificate: certificate.map(Box::new),
            },
        };
        let certificates = self.certificates_of(identity).into_iter();
        let mut found: Vec<Credential> = certificates
            .map(|found| {
                let label = format!("{path} with certificate {}", found.key_id());
                with(Some(found), label)
            })
            .collect();
        found.push(with(None, path.to_string()));
        found
    }

    /// The same, signed by the agent, if it holds the key; what is taken here is not tried again.
    fn in_agent(&mut self, identity: &Arc<Identity>) -> Vec<Credential> {
        let is_it =
            |(_, held): &mut (PathBuf, AgentIdentity)| identity.is(held.public_key().key_data());
        let held: Vec<_> = self.agent.extract_if(.., is_it).collect();
        let certificates = self.certificates_of(identity);
        let mut found = Vec::new();
        for (socket, held) in held {
            let label = format!("{}, signed by the agent", identity.path.display());
            let own = own_certificate(&held);
            let extra = certificates.iter().filter(|_| own.is_none()).cloned().map(Some);
            for certificate in extra.chain([own.clone()]) {
                let (socket, identity) = (socket.clone(), Box::new(held.clone()));
                let certificate = certificate.map(Box::new);
                let proof = Proof::Agent { socket, identity, certificate };
                found.push(Credential { label: label.clone(), proof });
            }
        }
        found
    }

    fn certificates_of(&self, identity: &Identity) -> Vec<Certificate> {
        let beside = identity.certificate.iter();
        let named = self.certificates.iter();
        let fits = |found: &&Certificate| identity.is(found.public_key());
        beside.chain(named).filter(fits).cloned().collect()
    }
}

async fn agent(
    route: &Route,
    shared: &Shared,
    notes: &mut Vec<String>,
) -> Vec<(PathBuf, AgentIdentity)> {
    let Some(socket) = &route.agent else { return Vec::new() };
    match &*shared.agents.identities(socket).await {
        Ok(held) => held.iter().map(|identity| (socket.clone(), identity.clone())).collect(),
        Err(reason) => {
            notes.push(reason.clone());
            Vec::new()
        }
    }
}

/// The certificate that an identity of the agent is, for those that are no bare keys.
fn own_certificate(identity: &AgentIdentity) -> Option<Certificate> {
    match identity {
        AgentIdentity::Certificate { certificate, .. } => Some(certificate.clone()),
        AgentIdentity::PublicKey { .. } => None,
    }
}

fn certificate(path: &Path) -> Option<Certificate> {
    Certificate::from_openssh(std::fs::read_to_string(path).ok()?.trim()).ok()
}
