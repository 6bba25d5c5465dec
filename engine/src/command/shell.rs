//! Shell text in which values are always quoted.

use std::fmt;

use super::Secret;

/// A shell line, or several. Literal text is code; everything put into it is data and is quoted.
///
/// Made by [`sh!`](crate::sh), or with the methods here where a command has optional parts.
/// `Display` shows secrets as `***`; [`reveal`](Shell::reveal) gives the text for the wire.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Shell {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Part {
    Code(String),
    Word(String),
    Secret(Secret),
}

impl Shell {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Code written by the author of the script, who means it as code: `server.shell("…")`.
    pub fn verbatim(code: impl Into<String>) -> Self {
        Self { parts: vec![Part::Code(code.into())] }
    }

    /// Code of our own, known when the program is built.
    pub fn raw(code: &'static str) -> Self {
        Self::verbatim(code)
    }

    /// Appends code of our own. A gap that an empty argument left is closed.
    pub fn code(&mut self, code: &'static str) -> &mut Self {
        let code = if self.ends_with_gap() { code.trim_start_matches(' ') } else { code };
        if !code.is_empty() {
            self.parts.push(Part::Code(code.to_owned()));
        }
        self
    }

    /// Appends a value, quoted.
    pub fn arg(&mut self, value: &(impl ShellArg + ?Sized)) -> &mut Self {
        value.put(self);
        self
    }

    /// Appends `flag value` where there is a value.
    pub fn opt<T: ShellArg>(&mut self, flag: &'static str, value: Option<T>) -> &mut Self {
        if let Some(value) = value {
            self.gap();
            self.parts.push(Part::Code(flag.to_owned()));
            self.gap();
            value.put(self);
        }
        self
    }

    /// Appends `flag` where `on`.
    pub fn flag(&mut self, flag: &'static str, on: bool) -> &mut Self {
        if on {
            self.gap();
            self.parts.push(Part::Code(flag.to_owned()));
        }
        self
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The text for the wire, secrets included.
    pub fn reveal(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Code(code) => code.clone(),
                Part::Word(word) => quote(word),
                Part::Secret(secret) => quote(secret.reveal()),
            })
            .collect()
    }

    fn gap(&mut self) {
        if !self.is_empty() && !self.ends_with_gap() {
            self.parts.push(Part::Code(" ".to_owned()));
        }
    }

    fn ends_with_gap(&self) -> bool {
        match self.parts.last() {
            None => true,
            Some(Part::Code(code)) => code.ends_with([' ', '\n']),
            Some(_) => false,
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Code(code) => text.push_str(code),
                Part::Word(word) => text.push_str(&quote(word)),
                Part::Secret(secret) => text.push_str(&secret.to_string()),
            }
        }
        f.write_str(&super::scrub(text.trim_end_matches(' ')))
    }
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

/// What can be put into shell text.
pub trait ShellArg {
    /// Appends itself, quoted; nothing where there is nothing to say.
    fn put(&self, shell: &mut Shell);
}

impl ShellArg for str {
    fn put(&self, shell: &mut Shell) {
        shell.parts.push(Part::Word(self.to_owned()));
    }
}

impl ShellArg for String {
    fn put(&self, shell: &mut Shell) {
        self.as_str().put(shell);
    }
}

impl ShellArg for Secret {
    fn put(&self, shell: &mut Shell) {
        shell.parts.push(Part::Secret(self.clone()));
    }
}

impl ShellArg for Shell {
    fn put(&self, shell: &mut Shell) {
        shell.parts.extend(self.parts.iter().cloned());
    }
}

macro_rules! numbers {
    ($($number:ty)*) => { $(impl ShellArg for $number {
        fn put(&self, shell: &mut Shell) {
            self.to_string().put(shell);
        }
    })* };
}

numbers!(i64 u16 u32 u64 usize i32 f64);

impl<T: ShellArg + ?Sized> ShellArg for &T {
    fn put(&self, shell: &mut Shell) {
        (**self).put(shell);
    }
}

impl<T: ShellArg> ShellArg for Option<T> {
    fn put(&self, shell: &mut Shell) {
        if let Some(value) = self {
            value.put(shell);
        }
    }
}

/// Several words, with a gap between them.
impl<T: ShellArg> ShellArg for [T] {
    fn put(&self, shell: &mut Shell) {
        for item in self {
            shell.gap();
            item.put(shell);
        }
    }
}

impl<T: ShellArg> ShellArg for Vec<T> {
    fn put(&self, shell: &mut Shell) {
        self.as_slice().put(shell);
    }
}

/// `text` as one shell word: bare where that is safe in every position, else in single quotes.
///
/// POSIX shell command language, 2.2.2: nothing is special between single quotes.
pub fn quote(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "_@%+:,./-".contains(it);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sh;

    #[test]
    fn quotes_what_is_not_plain() {
        for (text, expected) in [
            ("plain-1.2/x", "plain-1.2/x"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$(id)", "'$(id)'"),
            ("a=b", "'a=b'"),
            ("~root", "'~root'"),
        ] {
            assert_eq!(quote(text), expected);
        }
    }

    #[test]
    fn closes_the_gap_of_an_empty_argument() {
        let (flags, user) = (Shell::new(), "kim possible");
        assert_eq!(sh!("useradd {flags} {user}").to_string(), "useradd 'kim possible'");
        let mut flags = Shell::new();
        flags.opt("-d", Some("/home/x")).opt("-s", None::<&str>).flag("-m", true);
        assert_eq!(
            sh!("useradd {flags} {user}").to_string(),
            "useradd -d /home/x -m 'kim possible'"
        );
    }

    #[test]
    fn shows_secrets_only_on_the_wire() {
        let password = Secret::new("pass word 99");
        let line = sh!("login {password} now");
        assert_eq!(line.to_string(), "login *** now");
        assert_eq!(line.reveal(), "login 'pass word 99' now");
    }

    #[test]
    fn doubled_braces_are_braces() {
        let column = 2;
        assert_eq!(sh!("awk '{{print ${column}}}'").to_string(), "awk '{print $2}'");
    }
}
