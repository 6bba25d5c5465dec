//! Showing a host who we are: keys, certificates, agent, password, keyboard-interactive.
//!
//! Russh asks the host whether a key is welcome before it signs with it, also where the private key
//! is at hand. Signing at once would save a round trip and the 5–9 ms by which OpenSSH pads every
//! request (`auth2.c`); sending the service request along would save another. Both need a change
//! in russh (its pull request 741 has the first part).

use std::path::Path;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Response, Prompt};
use russh::keys::agent::AgentIdentity;
use russh::keys::{Algorithm, Certificate, HashAlg, PrivateKeyWithHashAlg};
use russh::{AgentAuthError, MethodKind, MethodSet};
use tokio::sync::watch;

use super::Shared;
use super::ask::Question;
use super::credential::{self, Credential, Proof};
use super::host_key::is_rsa;
use super::keys::Identity;
use super::route::Route;
use super::session::{Events, printable};
use super::signer::{AgentSigner, KeySigner};
use crate::connectors::process::ConnectError;

/// How often a mistyped password may be entered again, as `NumberOfPasswordPrompts` of OpenSSH.
const PASSWORD_TRIES: usize = 3;
/// How many methods one after the other a host may ask for; more is a host that leads us in circles.
const MOST_PARTIAL_SUCCESSES: usize = 8;

/// Logs in, with whatever it takes.
pub(super) async fn authenticate(
    handle: &mut Handle<Events>,
    route: &Route,
    shared: &Shared,
    lost: &watch::Receiver<Option<String>>,
    said: &watch::Receiver<String>,
) -> Result<(), ConnectError> {
    let (tried, notes) = (Vec::new(), Vec::new());
    let mut login = Login { handle, route, shared, lost, said, offered: None, tried, notes };
    let mut credentials = Vec::new();
    if route.methods.contains(&"publickey") {
        credentials = credential::credentials(route, shared, &mut login.notes).await;
    }
    for _ in 0..MOST_PARTIAL_SUCCESSES {
        match login.round(&mut credentials).await? {
            Outcome::Accepted => return Ok(()),
            Outcome::MoreWanted => {}
            Outcome::Refused => break,
        }
    }
    Err(login.denied())
}

/// What one attempt led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Accepted,
    /// This was right, but the host wants another proof as well.
    MoreWanted,
    Refused,
}

/// What a host has said, unless it is gone.
type Answer = Result<AuthResult, russh::Error>;

/// Tells a signer that fails, which the next key may make good, from a host that is gone.
fn answer_of(answer: Result<AuthResult, AgentAuthError>) -> Result<Answer, String> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(AgentAuthError::Send(_)) => Ok(Err(russh::Error::SendError)),
        Err(AgentAuthError::Key(error)) => Err(format!("it could not be used to sign: {error}")),
    }
}

struct Login<'a> {
    handle: &'a mut Handle<Events>,
    route: &'a Route,
    shared: &'a Shared,
    lost: &'a watch::Receiver<Option<String>>,
    /// What the host says besides.
    said: &'a watch::Receiver<String>,
    /// The methods that the host would take next; unknown before its first answer.
    offered: Option<MethodSet>,
    /// What the host has refused, for the error.
    tried: Vec<String>,
    /// What could not even be tried, and why.
    notes: Vec<String>,
}

impl Login<'_> {
    /// Everything once, until something is accepted.
    async fn round(&mut self, credentials: &mut Vec<Credential>) -> Result<Outcome, ConnectError> {
        if credentials.is_empty() && self.route.password.is_none() && self.offered.is_none() {
            // Only to learn what the host would take; some hosts let everybody in.
            let result = self.handle.authenticate_none(&self.route.user).await;
            if self.judge(result, None)? == Outcome::Accepted {
                return Ok(Outcome::Accepted);
            }
        }
        let mut at = 0;
        while self.offers(MethodKind::PublicKey)
            && let Some(credential) = credentials.get(at)
        {
            let outcome = self.prove(credential).await?;
            match outcome {
                Outcome::Refused => at += 1,
                Outcome::MoreWanted => {
                    credentials.remove(at);
                    return Ok(outcome);
                }
                Outcome::Accepted => return Ok(outcome),
            }
        }
        let outcome = self.password().await?;
        if outcome != Outcome::Refused {
            return Ok(outcome);
        }
        self.keyboard_interactive().await
    }

    async fn prove(&mut self, credential: &Credential) -> Result<Outcome, ConnectError> {
        let proved = match &credential.proof {
            Proof::File { identity, certificate } => {
                self.prove_with_file(identity, certificate.as_deref()).await
            }
            Proof::Agent { socket, identity, certificate } => {
                self.prove_with_agent(socket, identity, certificate.as_deref()).await
            }
        };
        match proved {
            Ok(result) => self.judge(result, Some(format!("publickey ({})", credential.label))),
            Err(reason) => {
                self.notes.push(format!("{} ({reason})", credential.label));
                Ok(Outcome::Refused)
            }
        }
    }

    /// Fails when the key cannot be used; what the host says to it is inside.
    async fn prove_with_file(
        &mut self,
        identity: &Identity,
        certificate: Option<&Certificate>,
    ) -> Result<Answer, String> {
        let passphrase = self.route.key_password.as_deref();
        let key = identity.unlock(passphrase, self.route.may_ask, self.shared).await?;
        let hash = self.hash_for(&key.algorithm()).await;
        let user = &self.route.user;
        let Some(certificate) = certificate.cloned() else {
            let key = PrivateKeyWithHashAlg::new(key, hash);
            return Ok(self.handle.authenticate_publickey(user, key).await);
        };
        if hash.is_none() {
            return Ok(self.handle.authenticate_openssh_cert(user, key, certificate).await);
        }
        // The call for certificates knows only SHA-1 for RSA keys, which hosts no longer take.
        let mut signer = KeySigner { key, hash };
        let answer =
            self.handle.authenticate_certificate_with(user, certificate, hash, &mut signer).await;
        answer_of(answer)
    }

    async fn prove_with_agent(
        &mut self,
        socket: &Path,
        identity: &AgentIdentity,
        certificate: Option<&Certificate>,
    ) -> Result<Answer, String> {
        let key = identity.public_key().into_owned();
        let hash = self.hash_for(&key.algorithm()).await;
        let binding = self.handle.agent_session_binding().cloned();
        let signer = self.shared.agents.signer(socket, binding.as_ref()).await?;
        let mut signer = AgentSigner { signer, identity };
        let user = &self.route.user;
        let answer = match certificate.cloned() {
            Some(certificate) => {
                self.handle
                    .authenticate_certificate_with(user, certificate, hash, &mut signer)
                    .await
            }
            None => self.handle.authenticate_publickey_with(user, key, hash, &mut signer).await,
        };
        answer_of(answer)
    }

    /// RSA keys can sign with several hashes, and the host says which of them it takes.
    async fn hash_for(&mut self, algorithm: &Algorithm) -> Option<HashAlg> {
        if !is_rsa(algorithm) {
            return None;
        }
        match self.handle.best_supported_rsa_hash().await {
            Ok(Some(best)) => best,
            _ => Some(HashAlg::Sha512),
        }
    }

    async fn password(&mut self) -> Result<Outcome, ConnectError> {
        if !self.may("password") || !self.offers(MethodKind::Password) {
            return Ok(Outcome::Refused);
        }
        for _ in 0..PASSWORD_TRIES {
            let given = self.route.password.clone();
            let once = given.is_some();
            let Some(password) = (match given {
                Some(password) => Some(password),
                None => self.ask_password().await,
            }) else {
                return Ok(Outcome::Refused);
            };
            let result = self.handle.authenticate_password(&self.route.user, password).await;
            let outcome = self.judge(result, Some("password".to_owned()))?;
            if outcome != Outcome::Refused || once || !self.offers(MethodKind::Password) {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Refused)
    }

    async fn ask_password(&self) -> Option<String> {
        if !self.route.may_ask {
            return None;
        }
        let (user, host) = (self.route.user.clone(), self.route.label.clone());
        self.shared.ask(Question::Password { user, host }).await
    }

    async fn keyboard_interactive(&mut self) -> Result<Outcome, ConnectError> {
        let able = self.route.password.is_some() || (self.route.may_ask && self.shared.can_ask());
        let wanted = self.may("keyboard-interactive") && able;
        if !wanted || !self.offers(MethodKind::KeyboardInteractive) {
            return Ok(Outcome::Refused);
        }
        let user = self.route.user.clone();
        let mut response =
            self.handle.authenticate_keyboard_interactive_start(user, None::<String>).await;
        let mut password = self.route.password.clone();
        loop {
            let (instructions, prompts) = match response {
                Ok(Response::Success) => return Ok(Outcome::Accepted),
                Ok(Response::Failure { remaining_methods, partial_success }) => {
                    let result = AuthResult::Failure { remaining_methods, partial_success };
                    return self.judge(Ok(result), Some("keyboard-interactive".to_owned()));
                }
                Ok(Response::InfoRequest { instructions, prompts, .. }) => (instructions, prompts),
                Err(_) => return Err(self.gone()),
            };
            let answers = self.answers(&instructions, &prompts, &mut password).await;
            response = self.handle.authenticate_keyboard_interactive_respond(answers).await;
        }
    }

    /// The password answers a single hidden question, once; the user answers everything else.
    async fn answers(
        &self,
        instructions: &str,
        prompts: &[Prompt],
        password: &mut Option<String>,
    ) -> Vec<String> {
        if let [prompt] = prompts
            && !prompt.echo
            && let Some(password) = password.take()
        {
            return vec![password];
        }
        let mut answers = Vec::with_capacity(prompts.len());
        for prompt in prompts {
            let question = Question::Prompt {
                host: self.route.label.clone(),
                instructions: instructions.to_owned(),
                prompt: prompt.prompt.clone(),
                echo: prompt.echo,
            };
            let answer = if self.route.may_ask { self.shared.ask(question).await } else { None };
            answers.push(answer.unwrap_or_default());
        }
        answers
    }

    fn may(&self, method: &str) -> bool {
        self.route.methods.contains(&method)
    }

    fn offers(&self, method: MethodKind) -> bool {
        self.offered.as_ref().is_none_or(|offered| offered.contains(&method))
    }

    fn judge(&mut self, result: Answer, label: Option<String>) -> Result<Outcome, ConnectError> {
        match result {
            Ok(AuthResult::Success) => Ok(Outcome::Accepted),
            Err(_) => {
                self.tried.extend(label);
                Err(self.gone())
            }
            Ok(AuthResult::Failure { remaining_methods, partial_success }) => {
                let verdict = if partial_success { ", accepted but not enough" } else { "" };
                let label = label.map(|label| format!("{label}{verdict}"));
                self.tried.extend(label.filter(|label| !self.tried.contains(label)));
                if remaining_methods.is_empty() && self.handle.is_closed() {
                    return Err(self.gone());
                }
                self.offered = Some(remaining_methods);
                Ok(if partial_success { Outcome::MoreWanted } else { Outcome::Refused })
            }
        }
    }

    /// The host has hung up in the middle of it: after too many keys, or because the account may not log in now.
    fn gone(&self) -> ConnectError {
        let reason = self.lost.borrow().clone();
        let reason = reason.unwrap_or_else(|| "the host closed the connection".to_owned());
        let (label, user) = (&self.route.label, &self.route.user);
        ConnectError::new(format!(
            "{label}: login as {user} failed: {reason}{}; tried: {}",
            self.words(),
            self.history()
        ))
        .hint(if self.tried.len() > 1 {
            "name the right key with ssh_key, or set IdentitiesOnly in ssh_config"
        } else {
            "sshd's log on the host says why; is the account expired, locked or not allowed to log in?"
        })
    }

    fn denied(&self) -> ConnectError {
        let methods: Vec<&str> =
            self.offered.iter().flat_map(|offered| offered.iter()).map(Into::into).collect();
        let offers = match methods.as_slice() {
            [] => String::new(),
            methods => format!(" (it takes {})", methods.join(", ")),
        };
        let (label, user) = (&self.route.label, &self.route.user);
        ConnectError::new(format!(
            "{label}: permission denied for {user}{offers}; tried: {}",
            self.history()
        ))
        .hint("set ssh_user and ssh_key (or ssh_password), or load the key into the agent")
    }

    /// What the host said on the way, in one line.
    fn words(&self) -> String {
        let said = self.said.borrow();
        let lines: Vec<&str> =
            said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        match printable(&lines.join(" ")) {
            said if said.is_empty() => String::new(),
            said => format!(", saying `{said}`"),
        }
    }

    fn history(&self) -> String {
        let mut parts = self.tried.clone();
        if parts.is_empty() {
            parts.push("nothing, there was no key and no password to try".to_owned());
        }
        if !self.notes.is_empty() {
            parts.push(format!("not usable: {}", self.notes.join(", ")));
        }
        parts.join("; ")
    }
}
