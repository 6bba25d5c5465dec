use super::rewrite::{rewrite, with_line};
use crate::args::{Scalar, choice};
use crate::facts::files::Text;
use crate::facts::server::{SecurityLimit as Limit, SecurityLimits};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

choice! {
    /// Which of a user's two limits.
    pub(super) enum LimitType { Soft = "soft", Hard = "hard", Both = "-" }
}

/// Limit what users may use, in `/etc/security/limits.conf`.
///
/// The limit counts from the next login on.
///
/// ```rhai
/// server.security_limit("*", "soft", "nofile", 65536);
/// server.security_limit("@db", "hard", "memlock", "unlimited");
/// ```
#[derive(Debug, Args)]
#[args("server.security_limit")]
pub(crate) struct SecurityLimit {
    /// For whom: a user, `@group`, `*` for all.
    domain: String,

    /// `soft`, `hard`, or `-` for both.
    limit_type: LimitType,

    /// What is limited: `nofile`, `nproc`, `memlock`.
    item: String,

    /// The limit: a number, or `unlimited`.
    value: Scalar,
}

const FILE: &str = "/etc/security/limits.conf";

impl Operation for SecurityLimit {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.check()?;
        let before = host.fact(&Text::at(FILE))?.as_ref().clone();
        let text = before.as_deref().unwrap_or_default();
        let limits: Vec<Limit> = text.lines().filter_map(Limit::read).collect();
        let mut same = limits.iter().filter(|it| self.is_about(it));
        if same.next().is_some_and(|it| it.value == self.value.0) && same.next().is_none() {
            return Ok(Commands::none(format!(
                "{} of {} is {}",
                self.item, self.domain, self.value
            )));
        }
        let Self { domain, limit_type, item, value } = self;
        let limit_type = limit_type.word();
        let line = format!("{domain}\t{limit_type}\t{item}\t{value}");
        let after =
            with_line(text, &line, |old| Limit::read(old).is_some_and(|it| self.is_about(&it)));
        let limits = after.lines().filter_map(Limit::read).collect();
        let mut todo = Commands::default();
        rewrite(&mut todo, FILE, before, after);
        todo.then(&SecurityLimits {}, limits);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(FILE)]
    }
}

impl SecurityLimit {
    fn is_about(&self, limit: &Limit) -> bool {
        (&*limit.domain, &*limit.limit_type, &*limit.item)
            == (&*self.domain, self.limit_type.word(), &*self.item)
    }

    /// Each part is a word of the line.
    fn check(&self) -> Result<()> {
        let parts = [("domain", &self.domain), ("item", &self.item), ("value", &self.value.0)];
        let is_word =
            |it: &str| !it.is_empty() && !it.contains(|it: char| it.is_whitespace() || it == '#');
        match parts.into_iter().find(|(_, it)| !is_word(it)) {
            Some((name, it)) => {
                Err(Error::usage(format!("`{name}` is one word without `#`, not \"{it}\""))
                    .argument(name))
            }
            None => Ok(()),
        }
    }
}
