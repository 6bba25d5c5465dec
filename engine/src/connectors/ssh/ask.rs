//! Questions that only the person in front of the terminal can answer.

/// What is asked. The answer is never shown or kept longer than needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The passphrase of an encrypted key; asked once per key and run.
    Passphrase {
        /// The file of the key.
        key: String,
    },
    /// The password of an account on a host.
    Password {
        /// The remote account.
        user: String,
        /// The host, as errors name it.
        host: String,
    },
    /// Something that a host wants to know (keyboard-interactive): a code, a new password.
    Prompt {
        /// The host, as errors name it.
        host: String,
        /// What the host says before it asks; often empty.
        instructions: String,
        /// The host's words.
        prompt: String,
        /// Whether the answer may be seen while it is typed.
        echo: bool,
    },
    /// Whether an unknown host key is the right one; `yes` accepts it.
    HostKey {
        /// The host, as errors name it.
        host: String,
        /// The kind of key: `ssh-ed25519`.
        kind: String,
        /// `SHA256:…`
        fingerprint: String,
    },
}

/// Puts one question to the user and waits for the answer; nothing when there is none. It may
/// block: it runs on a thread of its own, and never two at a time.
pub type Ask = dyn Fn(&Question) -> Option<String> + Send + Sync;
