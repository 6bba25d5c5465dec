use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Kernel settings by name: a number, text, or a list where there are several values. A number that is
/// too large for scripts is text in them.
///
/// ```rhai
/// let limit = host.fact("server.sysctl", ["fs.file-max"])["fs.file-max"];
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.sysctl")]
pub struct Sysctl {
    /// Only these settings. Default: all.
    pub keys: Option<Vec<String>>,
}

impl Fact for Sysctl {
    type Output = IndexMap<String, Json>;

    fn command(&self) -> Shell {
        match &self.keys {
            None => sh!("sysctl -a 2>/dev/null || true"),
            Some(keys) => sh!("sysctl {keys} 2>/dev/null || true"),
        }
    }

    /// `key = value` on Linux, `key: value` on BSD.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let pairs =
            output.lines().filter_map(|line| line.split_once('=').or_else(|| line.split_once(':')));
        let full = pairs.filter(|(key, value)| !key.is_empty() && !value.is_empty());
        Ok(full.map(|(key, value)| (key.trim().to_owned(), setting(value.trim()))).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::Topic("kernel")]
    }
}

/// The value of a setting: words of letters, digits, `_`, `-` and `.` are values of their own,
/// anything else is one text.
pub fn setting(text: &str) -> Json {
    let plain = |it: char| it.is_ascii_alphanumeric() || "_-.".contains(it) || it.is_whitespace();
    if text.is_empty() || !text.chars().all(plain) {
        return Json::from(text);
    }
    let mut values: Vec<Json> = text.split_whitespace().map(number_or_text).collect();
    match values.len() {
        1 => values.pop().unwrap_or_default(),
        _ => Json::Array(values),
    }
}

fn number_or_text(word: &str) -> Json {
    let small = word.parse::<i64>().map(Json::from);
    small.or_else(|_| word.parse::<u64>().map(Json::from)).unwrap_or_else(|_| Json::from(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_numbers_text_or_lists() {
        for (text, expected) in [
            ("2000", json!(2000)),
            ("-2", json!(-2)),
            ("4096\t87380 6291456", json!([4096, 87380, 6_291_456])),
            ("cubic", json!("cubic")),
            ("bbr 2", json!(["bbr", 2])),
            ("|/usr/bin/core %p", json!("|/usr/bin/core %p")),
            ("18446744073709551615", json!(u64::MAX)),
            ("18446744073709551616", json!("18446744073709551616")),
        ] {
            assert_eq!(setting(text), expected, "{text}");
        }
    }
}
