use super::rewrite::{push_line, rewrite};
use crate::args::OneOrMany;
use crate::facts::files::Text;
use crate::facts::server;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Say which names an address has in `/etc/hosts`.
///
/// The line of the address holds exactly these names afterwards; several lines become one. With
/// `present: false` the given names are taken off, or all of the address where none are given. Other
/// lines and comments stay; a comment on a line that changes is lost.
///
/// ```rhai
/// server.etc_hosts("192.168.1.10", ["db.internal", "db"]);
/// server.etc_hosts("192.168.1.10", "db", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("server.etc_hosts")]
pub(crate) struct EtcHosts {
    /// The address.
    ip: String,

    /// The names: a list, or text with gaps between them.
    hostnames: Option<OneOrMany<String>>,

    /// Whether the address should have the names.
    #[arg(default = true)]
    present: bool,

    /// The file.
    #[arg(default = "/etc/hosts")]
    path: String,
}

impl Operation for EtcHosts {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names = self.names();
        if self.present && names.is_empty() {
            return Err(Error::usage("an address needs at least one name")
                .hint("give `hostnames`, or `present: false` to remove the address")
                .argument("hostnames"));
        }
        let question = server::EtcHosts { path: Some(self.path.clone()) };
        let entries = host.fact(&question)?;
        if let Some(note) = self.satisfied(entries.get(&self.ip), &names) {
            return Ok(Commands::none(note));
        }
        let before = host.fact(&Text::at(&self.path))?.as_ref().clone();
        let after = self.edit(before.as_deref().unwrap_or_default(), &names);
        let entries = server::EtcHosts::read(after.lines());
        let mut todo = Commands::default();
        rewrite(&mut todo, &self.path, before, after);
        if self.path == "/etc/hosts" {
            todo.then(&server::EtcHosts { path: None }, entries.clone());
        }
        todo.then(&question, entries);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

impl EtcHosts {
    fn names(&self) -> Vec<&str> {
        self.hostnames
            .iter()
            .flat_map(|it| it.iter())
            .flat_map(|it| it.split_whitespace())
            .collect()
    }

    /// Why there is nothing to do, if there is nothing.
    fn satisfied(&self, now: Option<&Vec<String>>, names: &[&str]) -> Option<String> {
        let (ip, path) = (&self.ip, &self.path);
        match now {
            Some(now) if self.present => {
                (now == names).then(|| format!("{ip} has these names in {path}"))
            }
            None if !self.present => Some(format!("{ip} is not in {path}")),
            Some(now)
                if !names.is_empty() && !names.iter().any(|it| now.iter().any(|n| n == it)) =>
            {
                Some(format!("{ip} has none of these names in {path}"))
            }
            _ => None,
        }
    }

    fn edit(&self, text: &str, names: &[&str]) -> String {
        let wanted = format!("{} {}", self.ip, names.join(" "));
        let mut after = String::new();
        let mut placed = false;
        for line in text.lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            if words.next() != Some(&self.ip) {
                push_line(&mut after, line);
                continue;
            }
            if self.present {
                if !placed {
                    push_line(&mut after, &wanted);
                }
                placed = true;
                continue;
            }
            let all: Vec<&str> = words.collect();
            let kept: Vec<&str> =
                all.iter().copied().filter(|it| !names.is_empty() && !names.contains(it)).collect();
            if kept.len() == all.len() {
                push_line(&mut after, line);
            } else if !kept.is_empty() {
                push_line(&mut after, &format!("{} {}", self.ip, kept.join(" ")));
            }
        }
        if self.present && !placed {
            push_line(&mut after, &wanted);
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_only_the_lines_of_the_address() {
        let text = "# names\n127.0.0.1 localhost\n10.0.0.1 a b # old\n10.0.0.1 c\n10.0.0.11 z";
        for (names, present, expected) in [
            (Some("a x"), true, "# names\n127.0.0.1 localhost\n10.0.0.1 a x\n10.0.0.11 z\n"),
            (
                Some("b"),
                false,
                "# names\n127.0.0.1 localhost\n10.0.0.1 a\n10.0.0.1 c\n10.0.0.11 z\n",
            ),
            (None, false, "# names\n127.0.0.1 localhost\n10.0.0.11 z\n"),
        ] {
            let operation = EtcHosts {
                ip: "10.0.0.1".into(),
                hostnames: names.map(|it| OneOrMany(vec![it.to_owned()])),
                present,
                path: "/etc/hosts".into(),
            };
            assert_eq!(operation.edit(text, &operation.names()), expected, "{names:?} {present}");
        }
    }
}
