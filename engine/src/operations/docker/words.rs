//! A command line as its words, without a shell that would also do what else stands in it.

use crate::{Error, Result};

/// Splits a command at gaps; quotes hold words together as in a shell, and `\` takes the next letter as
/// it is.
pub(super) fn words(command: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                quoted(&mut characters, character, word).ok_or_else(|| {
                    Error::usage(format!("a quote is left open in `{command}`")).argument("command")
                })?;
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            it if it.is_whitespace() => words.extend(word.take()),
            it => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Takes what is in quotes; `None` where they do not close.
fn quoted(characters: &mut std::str::Chars<'_>, quote: char, word: &mut String) -> Option<()> {
    loop {
        match characters.next()? {
            it if it == quote => return Some(()),
            '\\' if quote == '"' => match characters.next()? {
                it @ ('"' | '\\' | '$' | '`') => word.push(it),
                it => word.extend(['\\', it]),
            },
            it => word.push(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_a_shell_does() {
        for (command, expected) in [
            ("nginx -g 'daemon off;'", Some(vec!["nginx", "-g", "daemon off;"])),
            (
                r#"sh -c "echo \"$HOME\n\"" '' a\ b"#,
                Some(vec!["sh", "-c", "echo \"$HOME\\n\"", "", "a b"]),
            ),
            ("  ", Some(vec![])),
            ("it's", None),
        ] {
            let found = words(command).ok();
            assert_eq!(
                found,
                expected.map(|it| it.into_iter().map(str::to_owned).collect()),
                "{command}"
            );
        }
    }
}
