//! Private keys: each file is read once and decrypted at most once per run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Certificate, PrivateKey, PublicKey, decode_secret_key};

use super::Shared;
use super::ask::Question;

/// How often a passphrase may be mistyped.
const PASSPHRASE_TRIES: usize = 3;

/// The keys that this run has read.
#[derive(Default)]
pub(super) struct KeyRing {
    identities: Mutex<HashMap<PathBuf, Arc<Identity>>>,
}

impl KeyRing {
    /// The key in `path`, whatever its state.
    pub(super) fn identity(&self, path: &Path) -> Arc<Identity> {
        let mut identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || Arc::new(Identity::read(path));
        Arc::clone(identities.entry(path.to_owned()).or_insert_with(read))
    }
}

/// One file that may hold a private key.
pub(super) struct Identity {
    pub(super) path: PathBuf,
    /// The public half, known without a passphrase for most keys.
    pub(super) public: Option<PublicKey>,
    /// The certificate that lies beside the key.
    pub(super) certificate: Option<Certificate>,
    state: tokio::sync::Mutex<State>,
    /// What was found when the file was read.
    pub(super) found: Found,
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is no such file.
    Nothing,
    /// Only the public half is here; an agent may hold the other.
    PublicOnly,
    /// A key that can be used at once.
    Open,
    /// A key that needs its passphrase.
    Locked,
    /// A file that is no key, and why.
    Unusable(String),
}

enum State {
    Open(Arc<PrivateKey>),
    Locked(String),
    /// Why there is no key.
    Without(String),
}

impl Identity {
    fn read(path: &Path) -> Self {
        let certificate =
            beside(path, "-cert.pub").and_then(|text| Certificate::from_openssh(text.trim()).ok());
        let beside_public = beside(path, ".pub").and_then(|text| public_key(&text));
        let (found, state, public) = match std::fs::read_to_string(path) {
            Ok(text) => open(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => without(Found::Nothing),
            Err(error) => without(Found::Unusable(error.to_string())),
        };
        let public = public.or(beside_public);
        let found = match found {
            Found::Nothing if public.is_some() => Found::PublicOnly,
            found => found,
        };
        let state = tokio::sync::Mutex::new(state);
        Self { path: path.to_owned(), public, certificate, state, found }
    }

    /// Whether this is the file of `key`; comments do not count.
    pub(super) fn is(&self, key: &KeyData) -> bool {
        self.public.as_ref().is_some_and(|public| public.key_data() == key)
    }

    /// The key, decrypted with `passphrase` or else with what the user says. Whoever comes second
    /// gets the outcome of the first.
    pub(super) async fn unlock(
        &self,
        passphrase: Option<&str>,
        may_ask: bool,
        shared: &Shared,
    ) -> Result<Arc<PrivateKey>, String> {
        let mut state = self.state.lock().await;
        let text = match &*state {
            State::Open(key) => return Ok(Arc::clone(key)),
            State::Without(reason) => return Err(reason.clone()),
            State::Locked(text) => text.clone(),
        };
        if let Some(passphrase) = passphrase {
            if let Some(key) = decrypt(&text, passphrase).await {
                *state = State::Open(Arc::clone(&key));
                return Ok(key);
            }
            // Another host may come with the right one.
            return Err("the given passphrase does not open it".to_owned());
        }
        if !may_ask || !shared.can_ask() {
            return Err("it is encrypted and no passphrase is given".to_owned());
        }
        let question = Question::Passphrase { key: self.path.display().to_string() };
        for _ in 0..PASSPHRASE_TRIES {
            let Some(answer) = shared.ask(question.clone()).await else { break };
            if let Some(key) = decrypt(&text, &answer).await {
                *state = State::Open(Arc::clone(&key));
                return Ok(key);
            }
        }
        let reason = "no right passphrase was entered".to_owned();
        *state = State::Without(reason.clone());
        Err(reason)
    }
}

fn without(found: Found) -> (Found, State, Option<PublicKey>) {
    let reason = match &found {
        Found::Unusable(reason) => reason.clone(),
        Found::PublicOnly => "only its public half is here".to_owned(),
        _ => "there is no such file".to_owned(),
    };
    (found, State::Without(reason), None)
}

fn open(text: String) -> (Found, State, Option<PublicKey>) {
    if let Some(public) = public_key(&text) {
        let (found, state, _) = without(Found::PublicOnly);
        return (found, state, Some(public));
    }
    match decode_secret_key(&text, None) {
        Ok(key) => {
            let public = key.public_key().clone();
            (Found::Open, State::Open(Arc::new(key)), Some(public))
        }
        Err(russh::keys::Error::KeyIsEncrypted) => {
            // OpenSSH's own format keeps the public half readable.
            let public = PrivateKey::from_openssh(&text).ok().map(|key| key.public_key().clone());
            (Found::Locked, State::Locked(text), public)
        }
        Err(error) => without(Found::Unusable(format!("it is not a usable private key ({error})"))),
    }
}

/// Deriving the key from the passphrase takes a tenth of a second of computing.
async fn decrypt(text: &str, passphrase: &str) -> Option<Arc<PrivateKey>> {
    let (text, passphrase) = (text.to_owned(), passphrase.to_owned());
    let work = tokio::task::spawn_blocking(move || decode_secret_key(&text, Some(&passphrase)));
    work.await.ok()?.ok().map(Arc::new)
}

fn public_key(text: &str) -> Option<PublicKey> {
    let lines = text.lines().map(str::trim);
    let line = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).take(1).next()?;
    PublicKey::from_openssh(line).ok()
}

fn beside(path: &Path, ending: &str) -> Option<String> {
    let mut name = path.file_name()?.to_os_string();
    name.push(ending);
    std::fs::read_to_string(path.with_file_name(name)).ok()
}
