//! Sums by which a later run knows something again without holding it: the facts that a saved plan was made
//! from, and the operations that an interrupted run has done. They are salted, so that nobody can look
//! a short secret up in a table of sums.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::bytes::hexadecimal;
use crate::command::{Command, Content};
use crate::error::{Error, Result};
use crate::options::Context;
use crate::project::Project;
use crate::value::Value;

/// So many bytes of a sum are kept: enough that two things never share one by chance.
const KEPT: usize = 16;

/// What makes the sums of one plan or journal comparable with each other and with nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salt(Arc<str>);

impl Salt {
    /// A new one.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; KEPT];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::failed(format!("the system gives no random bytes: {error}")))?;
        Ok(Self(hexadecimal(&bytes).into()))
    }

    /// The one of an earlier run.
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// As text, to be kept with the sums.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A sum of several things, to be added in order.
    pub(crate) fn sum(&self) -> Sum {
        let mut sum = Sum(Sha256::new());
        sum.text(&self.0);
        sum
    }
}

/// A sum that is being made.
pub(crate) struct Sum(Sha256);

impl Sum {
    /// Adds bytes, told apart from what is added before and after.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds text.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Adds a value, secrets as what they are. Of a text that names a file of the project, the file's content
    /// counts too.
    pub(crate) fn value(&mut self, value: &Value, project: &Project) {
        match value {
            Value::Text(text) | Value::Word(text) => {
                self.text(text);
                // An absolute path is the host's more often than ours, and changes there as it should.
                if !text.is_empty()
                    && text.len() < 512
                    && !text.starts_with('/')
                    && let Some(path) = project.locate(text).filter(|path| path.is_file())
                    && let Ok(file) = project.file(&path.to_string_lossy())
                {
                    self.text(&file.sha1);
                }
            }
            Value::Secret(secret) => self.text(secret.reveal()),
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::List(items) => {
                self.text("list");
                for item in items {
                    self.value(item, project);
                }
                self.text("end");
            }
            Value::Map(map) => {
                self.text("map");
                for (key, item) in map {
                    self.text(key);
                    self.value(item, project);
                }
                self.text("end");
            }
            Value::Function(function) => self.text(&format!("{function:?}")),
            other => self.text(&other.to_json().to_string()),
        }
    }

    /// Adds the answer of a fact, but for times: reading a file and writing one beside it change those, and
    /// neither makes a plan outdated.
    pub(crate) fn answer(&mut self, answer: &serde_json::Value) {
        use serde_json::Value as Json;
        match answer {
            Json::Object(map) => {
                let is_folder = map.get("kind").is_some_and(|kind| kind == "directory");
                for (key, item) in map {
                    let is_time = matches!(key.as_str(), "atime" | "mtime" | "ctime");
                    if is_time || is_folder && key == "size" {
                        continue;
                    }
                    self.text(key);
                    self.answer(item);
                }
                self.text("end");
            }
            Json::Array(items) => {
                for item in items {
                    self.answer(item);
                }
                self.text("end");
            }
            other => self.text(&other.to_string()),
        }
    }

    /// Adds an account and environment.
    pub(crate) fn context(&mut self, context: &Context) {
        let account = &context.account;
        let who = [&account.sudo_user, &account.su_user, &account.doas_user];
        who.into_iter().chain([&context.chdir, &context.shell]).for_each(|it| {
            self.text(it.as_deref().unwrap_or_default());
        });
        self.text(if account.sudo { "sudo" } else { "" });
        self.text(if account.doas { "doas" } else { "" });
        for (name, value) in &context.env {
            self.text(name);
            self.text(value.reveal());
        }
    }

    /// Adds a command with all that it sends.
    pub(crate) fn command(&mut self, command: &Command) {
        self.text(&command.to_string());
        match command {
            Command::Run { line, stdin, .. } => {
                self.text(&line.reveal());
                self.text(stdin.as_ref().map_or("", |it| it.reveal()));
            }
            Command::Put(put) => {
                self.content(&put.content);
                self.text(put.validate.as_deref().unwrap_or_default());
                self.text(put.backup.as_deref().unwrap_or_default());
                self.text(&format!("{:?} {:?}", put.atime, put.mtime));
            }
            Command::Feed { line, content, .. } => {
                self.text(&line.reveal());
                self.content(content);
            }
            Command::Call { arguments, .. } => {
                for argument in arguments {
                    self.value(argument, &Project::default());
                }
            }
            Command::Restarted { .. } | Command::Rsync { .. } | Command::Get { .. } => {}
        }
    }

    fn content(&mut self, content: &Content) {
        match content {
            Content::Bytes(bytes) => self.bytes(bytes),
            Content::File { path, size } => {
                let sum = crate::project::digest_of(path).unwrap_or_default();
                self.text(&format!("{size} {sum}"));
            }
            // Its members have the sizes of their files, and the facts of the host the sums of what is there.
            Content::Archive(archive) => self.text(&format!("{archive:?}")),
            Content::Printed { line, .. } => self.text(&line.reveal()),
        }
    }

    /// The sum.
    pub(crate) fn end(self) -> String {
        let sum = self.0.finalize();
        hexadecimal(sum.get(..KEPT).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Secret;

    #[test]
    fn tells_apart_what_only_looks_alike() {
        let salt = Salt::from_text("salt");
        let of = |salt: &str, texts: &[&str]| {
            let mut sum = Salt::from_text(salt).sum();
            for text in texts {
                sum.text(text);
            }
            sum.end()
        };
        assert_ne!(of("salt", &["ab", "c"]), of("salt", &["a", "bc"]));
        assert_ne!(of("salt", &["a"]), of("other", &["a"]));
        let sum = |value: &Value| {
            let mut sum = salt.sum();
            sum.value(value, &Project::default());
            sum.end()
        };
        let secret = |text: &str| Value::Secret(Secret::new(text));
        assert_ne!(sum(&secret("hunter-one")), sum(&secret("hunter-two")));
        assert_eq!(sum(&secret("hunter-one")), sum(&secret("hunter-one")));
        let list = |items: &[&str]| Value::List(items.iter().map(|it| Value::from(*it)).collect());
        assert_ne!(
            sum(&Value::List(vec![list(&["a"]), list(&["b"])])),
            sum(&Value::List(vec![list(&["a", "b"]), list(&[])])),
        );
    }
}
