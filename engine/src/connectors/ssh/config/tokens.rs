//! `%h`, `%p` and their like, and `${VARIABLE}`.
//!
//! Source: `ssh_config(5)`, sections TOKENS and ENVIRONMENT VARIABLES.

use std::fmt::Write as _;

use sha1::{Digest, Sha1};

use super::Surroundings;
use crate::connectors::process::ConnectError;

/// What the tokens of one host stand for.
#[derive(Clone, Debug)]
pub(in super::super) struct Tokens<'a> {
    /// `%d`, `%u`, `%l`, `%L`.
    pub(in super::super) surroundings: &'a Surroundings,
    /// `%n`: the name as it was asked for.
    pub(in super::super) original: &'a str,
    /// `%h`: the name that is connected to.
    pub(in super::super) host: &'a str,
    /// `%p`.
    pub(in super::super) port: u16,
    /// `%r`.
    pub(in super::super) user: &'a str,
    /// `%k`: the name under which the host key is looked up.
    pub(in super::super) key_alias: &'a str,
    /// `%j`: the jump hosts as they were written, or nothing.
    pub(in super::super) jump: &'a str,
}

impl Tokens<'_> {
    /// `text` with its tokens and variables put in. Unknown ones are errors, as for `ssh`.
    pub(in super::super) fn expand(&self, text: &str) -> Result<String, ConnectError> {
        self.percents(&variables(text)?)
    }

    /// `text` with its tokens only: shell commands keep their `${VARIABLE}`.
    pub(in super::super) fn percents(&self, text: &str) -> Result<String, ConnectError> {
        let mut result = String::with_capacity(text.len());
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                result.push(letter);
                continue;
            }
            match letters.next().and_then(|token| self.value(token)) {
                Some(value) => result.push_str(&value),
                None => return Err(unknown(text)),
            }
        }
        Ok(result)
    }

    fn value(&self, token: char) -> Option<String> {
        let machine = &self.surroundings.machine;
        let value = match token {
            '%' => "%".to_owned(),
            'h' => self.host.to_owned(),
            'n' => self.original.to_owned(),
            'p' => self.port.to_string(),
            'r' => self.user.to_owned(),
            'k' => self.key_alias.to_owned(),
            'j' => self.jump.to_owned(),
            'd' => self.surroundings.home.display().to_string(),
            'u' => self.surroundings.user.clone(),
            'l' => machine.clone(),
            'L' => machine.split('.').next().unwrap_or_default().to_owned(),
            'i' => user_id()?,
            'C' => self.connection_hash(),
            _ => return None,
        };
        Some(value)
    }

    fn connection_hash(&self) -> String {
        let parts = [&self.surroundings.machine, self.host, &self.port.to_string(), self.user];
        let digest = Sha1::digest(format!("{}{}", parts.concat(), self.jump));
        digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// `text` with `${VARIABLE}` put in.
fn variables(text: &str) -> Result<String, ConnectError> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or_else(|| unknown(text))?;
        let value = std::env::var(name).map_err(|_| {
            ConnectError::new(format!("ssh config: `{text}` needs ${name}, which is not set"))
        })?;
        result.push_str(before);
        result.push_str(&value);
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

fn unknown(text: &str) -> ConnectError {
    ConnectError::new(format!("ssh config: `{text}` has an unknown token"))
        .hint("write %% for a percent sign")
}

fn user_id() -> Option<String> {
    super::output_of("id", &["-u"])
}
