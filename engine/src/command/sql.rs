//! SQL in which values are always quoted.

use std::fmt;
use std::marker::PhantomData;

use super::Secret;
use crate::error::{Error, Result};

/// How a kind of server writes values and names.
pub(crate) trait Dialect {
    /// Text as a literal.
    fn literal(text: &str) -> String;

    /// A name: of a database, a role, a table.
    fn identifier(name: &str) -> String;
}

/// MySQL and MariaDB. <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html>
#[derive(Debug)]
pub(crate) enum MySql {}

/// PostgreSQL. <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>
#[derive(Debug)]
pub(crate) enum PostgreSql {}

impl Dialect for MySql {
    /// Safe in every SQL mode: `'` is doubled, which all of them understand, and a backslash too, so that it
    /// cannot take the closing quote along. Where `NO_BACKSLASH_ESCAPES` is set it stays two.
    fn literal(text: &str) -> String {
        format!("'{}'", text.replace('\\', r"\\").replace('\'', "''"))
    }

    fn identifier(name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }
}

impl Dialect for PostgreSql {
    /// With a backslash in it, the form `E'…'`, which means the same whatever
    /// `standard_conforming_strings` says.
    fn literal(text: &str) -> String {
        let quoted = text.replace('\'', "''");
        if text.contains('\\') {
            return format!("E'{}'", quoted.replace('\\', r"\\"));
        }
        format!("'{quoted}'")
    }

    fn identifier(name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// An SQL statement, or several. Literal text is code; everything put into it is quoted.
///
/// `Display` shows secrets as `***`; [`reveal`](Sql::reveal) gives the text for the server.
pub(crate) struct Sql<D> {
    parts: Vec<Part>,
    dialect: PhantomData<D>,
}

enum Part {
    Text(String),
    Secret(Secret),
}

impl<D: Dialect> Sql<D> {
    /// Code of our own.
    pub(crate) fn new(code: &'static str) -> Self {
        Self { parts: vec![Part::Text(code.to_owned())], dialect: PhantomData }
    }

    /// Code made of words that were checked to be no more than that, and of quoted names.
    pub(crate) fn of_words(code: String) -> Self {
        Self { parts: vec![Part::Text(code)], dialect: PhantomData }
    }

    /// Appends code of our own.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.parts.push(Part::Text(code.to_owned()));
        self
    }

    /// Appends a name, quoted.
    pub(crate) fn name(mut self, name: &str) -> Self {
        self.parts.push(Part::Text(D::identifier(name)));
        self
    }

    /// Appends text, quoted.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.parts.push(Part::Text(D::literal(text)));
        self
    }

    /// Appends text that must not be shown, quoted.
    pub(crate) fn secret(mut self, secret: &Secret) -> Self {
        self.parts.push(Part::Secret(Secret::new(D::literal(secret.reveal()))));
        self
    }

    /// Appends a number.
    pub(crate) fn number(mut self, number: impl Into<i64>) -> Self {
        self.parts.push(Part::Text(number.into().to_string()));
        self
    }

    /// Whether there is a secret in it, which keeps it out of argument lists.
    pub(crate) fn has_secret(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Secret(_)))
    }

    /// The text for the server, secrets included.
    pub(crate) fn reveal(&self) -> Result<String> {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Secret(secret) => secret.reveal(),
        });
        let text: String = parts.collect();
        if text.contains('\0') {
            return Err(Error::usage("a zero byte cannot be part of SQL")
                .hint("names and passwords are text"));
        }
        Ok(text)
    }
}

impl<D> fmt::Display for Sql<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Secret(secret) => write!(f, "{secret}"),
        })
    }
}

impl<D> fmt::Debug for Sql<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a server reads one string or name: `None` where it does not end with the text, which would
    /// make what follows code.
    fn read(text: &str, quote: char, backslash: bool) -> Option<String> {
        let mut characters = text.strip_prefix(quote)?.chars();
        let mut value = String::new();
        loop {
            match characters.next()? {
                '\\' if backslash => value.push(characters.next()?),
                it if it == quote => match characters.next() {
                    None => return Some(value),
                    Some(next) if next == quote => value.push(quote),
                    Some(_) => return None,
                },
                it => value.push(it),
            }
        }
    }

    /// All texts of up to five of the characters on which quoting depends.
    fn texts() -> impl Iterator<Item = String> {
        const LETTERS: &[char] = &['a', '\'', '"', '\\', '`', ';', '-', '\n', 'é'];
        let longest = u32::try_from(LETTERS.len()).unwrap().pow(5);
        (0..longest).map(|number| {
            let mut rest = usize::try_from(number).unwrap();
            let mut text = String::new();
            while rest > 0 {
                text.push(LETTERS[rest % LETTERS.len()]);
                rest /= LETTERS.len();
            }
            text
        })
    }

    #[test]
    fn no_text_ends_its_quotes() {
        for text in texts() {
            let literal = MySql::literal(&text);
            assert_eq!(read(&literal, '\'', true).as_ref(), Some(&text), "{literal}");
            // NO_BACKSLASH_ESCAPES: the value may differ, the end may not.
            assert!(read(&literal, '\'', false).is_some(), "{literal}");
            assert_eq!(read(&MySql::identifier(&text), '`', false), Some(text.clone()));
            let literal = PostgreSql::literal(&text);
            let (body, escapes) = match literal.strip_prefix('E') {
                Some(body) => (body, vec![true]),
                None => (literal.as_str(), vec![true, false]),
            };
            for backslash in escapes {
                assert_eq!(read(body, '\'', backslash).as_ref(), Some(&text), "{literal}");
            }
            assert_eq!(read(&PostgreSql::identifier(&text), '"', false), Some(text));
        }
    }

    #[test]
    fn shows_no_secrets() {
        let password = Secret::new("it's 17 horses");
        let sql = Sql::<PostgreSql>::new("ALTER ROLE ").name("a\"b").code(" PASSWORD ");
        let sql = sql.secret(&password);
        assert_eq!(sql.to_string(), r#"ALTER ROLE "a""b" PASSWORD ***"#);
        assert_eq!(sql.reveal().unwrap(), r#"ALTER ROLE "a""b" PASSWORD 'it''s 17 horses'"#);
        assert!(sql.has_secret());
        assert!(Sql::<MySql>::new("DROP USER ").text("a\0b").reveal().is_err());
    }
}
