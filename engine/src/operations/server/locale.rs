use super::rewrite::{push_line, rewrite};
use crate::facts::files::Text;
use crate::facts::server::Locales;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Make a locale available to programs, or take it away.
///
/// Its line in `/etc/locale.gen` is enabled, or made a comment, and `locale-gen` run: so it is for
/// Debian, Ubuntu, Arch and other systems that have both.
///
/// ```rhai
/// server.locale("de_DE.UTF-8");
/// server.locale("en_GB.UTF-8", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("server.locale")]
pub(crate) struct Locale {
    /// Name of the locale, as `/etc/locale.gen` writes it.
    locale: String,

    /// Whether programs should have the locale.
    #[arg(default = true)]
    present: bool,
}

const FILE: &str = "/etc/locale.gen";

impl Operation for Locale {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let locales = host.fact(&Locales {})?;
        if locales.iter().any(|it| same(it, &self.locale)) == self.present {
            let state = if self.present { "available" } else { "not available" };
            return Ok(Commands::none(format!("locale {} is {state}", self.locale)));
        }
        let before = host.fact(&Text::at(FILE))?.as_ref().clone();
        let after = self.edit(before.as_deref().unwrap_or_default()).ok_or_else(|| {
            Error::failed(format!("locale {} is not in {FILE}", self.locale))
                .hint("install the package `locales`, or write the name as that file does")
        })?;
        let mut todo = Commands::default();
        rewrite(&mut todo, FILE, before, after);
        todo.run(sh!("locale-gen"));
        let state = |present: bool| if present { "yes" } else { "no" };
        let of = format!("locale {}", self.locale);
        todo.attribute(of, "available", state(!self.present), state(self.present));
        let mut after = locales.as_ref().clone();
        if self.present {
            after.push(self.locale.clone());
        } else {
            after.retain(|it| !same(it, &self.locale));
        }
        todo.then(&Locales {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Topic("locales"), Scope::path(FILE)]
    }
}

impl Locale {
    /// The file with the locale's lines enabled, or made comments; `None` where it has none.
    fn edit(&self, text: &str) -> Option<String> {
        let mut after = String::new();
        let mut found = false;
        for line in text.lines() {
            let entry = line.trim_start_matches(['#', ' ', '\t']);
            // Name and character set; prose among the comments has more words.
            let words: Vec<&str> = entry.split_whitespace().collect();
            let about = words.len() == 2 && words.first() == Some(&self.locale.as_str());
            let is_comment = line.trim_start().starts_with('#');
            match (about, self.present) {
                (true, true) => push_line(&mut after, entry),
                (true, false) if !is_comment => push_line(&mut after, &format!("# {line}")),
                _ => push_line(&mut after, line),
            }
            found |= about;
        }
        found.then_some(after)
    }
}

/// Whether two names are of one locale: programs write its character set `UTF-8` or `utf8`.
fn same(left: &str, right: &str) -> bool {
    let tidy = |name: &str| name.to_lowercase().replace('-', "");
    tidy(left) == tidy(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_the_line_of_the_locale_only() {
        let text = "# locale.gen\n# fr_FR ISO-8859-1\n# fr_FR.UTF-8 UTF-8\nde_DE.UTF-8 UTF-8  \n";
        let edit = |locale: &str, present| Locale { locale: locale.into(), present }.edit(text);
        assert_eq!(
            edit("fr_FR.UTF-8", true).as_deref(),
            Some("# locale.gen\n# fr_FR ISO-8859-1\nfr_FR.UTF-8 UTF-8\nde_DE.UTF-8 UTF-8  \n")
        );
        assert_eq!(
            edit("de_DE.UTF-8", false).as_deref(),
            Some("# locale.gen\n# fr_FR ISO-8859-1\n# fr_FR.UTF-8 UTF-8\n# de_DE.UTF-8 UTF-8  \n")
        );
        assert_eq!(edit("xx_XX.UTF-8", true), None);
    }
}
