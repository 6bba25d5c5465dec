//! File modes.

use std::fmt;

use super::{Arg, Kind};
use crate::value::Value;

/// A file mode: permission bits, or a change of them as `chmod` writes it.
///
/// `644`, `"644"`, `"0644"` and `"0o644"` all mean `rw-r--r--`: the digits are octal whether or not
/// they are in quotes, as in pyinfra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Permission bits.
    Bits(u32),
    /// `u+x,g-w`.
    Symbolic(String),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits(bits) => write!(f, "{bits:o}"),
            Self::Symbolic(text) => f.write_str(text),
        }
    }
}

impl Arg for Mode {
    const KIND: Kind = Kind::Mode;

    fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Int(digits) => digits.to_string(),
            value => String::read(value)?,
        };
        let digits = text.strip_prefix("0o").unwrap_or(&text);
        if let Ok(bits) = u32::from_str_radix(digits, 8) {
            return (bits <= 0o7777 && !digits.starts_with('+')).then_some(Self::Bits(bits));
        }
        text.split(',').all(is_symbolic).then_some(Self::Symbolic(text))
    }

    fn write(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn advice(value: &Value) -> Option<String> {
        match value {
            Value::Int(digits) => u32::try_from(*digits).ok().map(|bits| {
                format!("digits are read as octal; if you wrote 0o{bits:o}, write \"{bits:o}\"")
            }),
            _ => Some("write it as \"644\" or \"u+x\"".to_owned()),
        }
    }
}

/// One clause of a symbolic mode: `u+x`, `go-w`, `a=rX` (POSIX chmod).
fn is_symbolic(clause: &str) -> bool {
    let rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    rest.starts_with(['+', '-', '=']) && rest.chars().all(|it| "+-=rwxXstugo".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_modes_as_octal_digits() {
        for (value, expected) in [
            (Value::Int(644), Some("644")),
            (Value::from("0644"), Some("644")),
            (Value::from("0o1777"), Some("1777")),
            (Value::from("u+x,g-w"), Some("u+x,g-w")),
            (Value::Word("755".into()), Some("755")),
            (Value::Int(493), None),
            (Value::from("rwx"), None),
            (Value::Int(77_777), None),
            (Value::Int(-1), None),
        ] {
            assert_eq!(
                Mode::read(&value).map(|it| it.to_string()).as_deref(),
                expected,
                "{value:?}"
            );
        }
    }
}
