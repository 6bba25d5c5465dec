use crate::bytes::decode;
use crate::{Args, Fact, Result, Shell, sh};

/// What the host's shell makes of a text between double quotes: variables and `$(commands)` are
/// replaced.
///
/// ```rhai
/// host.log(host.fact("files.expanded", "$HOME/bin"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.expanded")]
pub struct Expanded {
    /// The text. It is code for the host's shell.
    pub text: String,
}

impl Expanded {
    /// Whether a text can mean anything else than itself.
    pub fn is_needed(text: &str) -> bool {
        text.contains(['$', '`', '\\'])
    }
}

impl Fact for Expanded {
    type Output = Option<String>;

    /// The `x` keeps the answer from being empty.
    fn command(&self) -> Shell {
        let text = in_double_quotes(&self.text);
        sh!("printf 'x%s' {text}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(output.strip_prefix('x').unwrap_or(output).to_owned()))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }
}

/// Text that the shell expands: the author asked for it, so it is code. Double quotes in it are
/// characters, and it cannot end the quotes that it stands in (POSIX shell command language, 2.2.3).
pub(super) fn in_double_quotes(text: &str) -> Shell {
    let mut code = String::from('"');
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        match (it, rest.peek()) {
            ('\\', Some(next @ ('$' | '`' | '\\'))) => {
                code.extend([it, *next]);
                rest.next();
            }
            ('\\' | '"', _) => code.extend(['\\', it]),
            _ => code.push(it),
        }
    }
    code.push('"');
    Shell::verbatim(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        for (text, expected) in [
            ("$HOME/x", "\"$HOME/x\""),
            (r#"a "b""#, r#""a \"b\"""#),
            (r#"\""#, r#""\\\"""#),
            (r"end\", r#""end\\""#),
            (r"\$HOME", r#""\$HOME""#),
        ] {
            assert_eq!(in_double_quotes(text).reveal(), expected);
        }
    }
}
