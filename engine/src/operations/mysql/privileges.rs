use std::collections::BTreeSet;

use crate::args::OneOrMany;
use crate::command::{MySql, Sql};
use crate::facts::mysql::{self, MysqlServer, MysqlUserGrants};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Grant a MySQL user these privileges and revoke all others: on everything, a database or a table.
///
/// In the name of a database, `_` and `%` stand for any letter and any letters; `\_` is a plain `_`.
///
/// ```rhai
/// mysql.privileges("shop", ["SELECT", "INSERT", "UPDATE"], #{ database: "shop" });
/// mysql.privileges("kim", "ALL", #{ user_hostname: "%", with_grant_option: true });
/// mysql.privileges("robin", [], #{ database: "shop" });
/// ```
#[derive(Debug, Args)]
#[args("mysql.privileges")]
pub(crate) struct EnsurePrivileges {
    /// Name of the user.
    pub(super) user: String,

    /// The privileges: `SELECT`, `ALL`, `UPDATE (price)`. An empty list revokes all.
    pub(super) privileges: OneOrMany<String>,

    /// The host that the user comes from.
    #[arg(default = "localhost")]
    pub(super) user_hostname: String,

    /// The database; `*` for all.
    #[arg(default = "*")]
    pub(super) database: String,

    /// The table; `*` for all.
    #[arg(default = "*")]
    pub(super) table: String,

    /// Make the server read its tables of privileges again.
    #[arg(default = true)]
    pub(super) flush: bool,

    /// Let the user pass its privileges on.
    #[arg(default = false)]
    pub(super) with_grant_option: bool,

    #[arg(flatten)]
    pub(super) server: MysqlServer,
}

const ALL: &str = "ALL";
const GRANT_OPTION: &str = "GRANT OPTION";

/// What MySQL 8 lists for a user that has all global privileges; its newer ones come on top.
/// <https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html>
const EVERY: &[&str] = &[
    "ALTER",
    "ALTER ROUTINE",
    "CREATE",
    "CREATE ROLE",
    "CREATE ROUTINE",
    "CREATE TABLESPACE",
    "CREATE TEMPORARY TABLES",
    "CREATE USER",
    "CREATE VIEW",
    "DELETE",
    "DROP",
    "DROP ROLE",
    "EVENT",
    "EXECUTE",
    "FILE",
    "INDEX",
    "INSERT",
    "LOCK TABLES",
    "PROCESS",
    "REFERENCES",
    "RELOAD",
    "REPLICATION CLIENT",
    "REPLICATION SLAVE",
    "SELECT",
    "SHOW DATABASES",
    "SHOW VIEW",
    "SHUTDOWN",
    "SUPER",
    "TRIGGER",
    "UPDATE",
];

impl Operation for EnsurePrivileges {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let place = self.place();
        if self.table != "*" && self.database == "*" {
            return Err(
                Error::usage(format!("privileges on {place} need a database")).argument("table")
            );
        }
        let wanted = self.wanted()?;
        let fact = self.fact();
        let grants = host.fact(&fact)?;
        let now = existing(grants.get(&place).map(Vec::as_slice).unwrap_or_default());
        let grant: BTreeSet<&str> = wanted.difference(&now).map(String::as_str).collect();
        let mut revoke: BTreeSet<&str> = now.difference(&wanted).map(String::as_str).collect();
        if grant.contains(ALL) {
            // All contains them.
            revoke.retain(|it| *it == GRANT_OPTION);
        }
        if grant.is_empty() && revoke.is_empty() {
            return Ok(Commands::none("mysql privileges are already correct"));
        }
        let mut todo = Commands::default();
        self.revoke(&mut todo, &place, revoke)?;
        self.grant(&mut todo, &place, grant)?;
        if self.flush {
            self.server.execute(&mut todo, &Sql::new("FLUSH PRIVILEGES"))?;
        }
        let list = |privileges: &BTreeSet<String>| {
            privileges.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        let subject = format!("mysql user {}@{}", self.user, self.user_hostname);
        todo.attribute(subject, format!("privileges on {place}"), list(&now), list(&wanted));
        let mut after = (*grants).clone();
        after.insert(place, wanted.into_iter().collect());
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let mut touches = vec![mysql::grants(&self.user, &self.user_hostname)];
        if self.database == "*" {
            // The table of users tells global privileges too.
            touches.push(mysql::users());
        }
        touches
    }
}

impl EnsurePrivileges {
    pub(super) fn fact(&self) -> MysqlUserGrants {
        MysqlUserGrants {
            user: self.user.clone(),
            hostname: self.user_hostname.clone(),
            server: self.server.clone(),
        }
    }

    /// What the privileges are about, as the server writes it.
    fn place(&self) -> String {
        let part = |name: &String| match name.as_str() {
            "*" => Sql::<MySql>::new("*"),
            name => Sql::new("").name(name),
        };
        format!("{}.{}", part(&self.database), part(&self.table))
    }

    /// The wanted privileges, as the server lists them.
    fn wanted(&self) -> Result<BTreeSet<String>> {
        let wanted: Result<BTreeSet<String>> =
            self.privileges.iter().map(|it| privilege(it)).collect();
        let mut wanted = wanted?;
        wanted.remove("USAGE");
        if self.with_grant_option {
            wanted.insert(GRANT_OPTION.to_owned());
        }
        Ok(wanted)
    }

    fn revoke(&self, todo: &mut Commands, place: &str, mut what: BTreeSet<&str>) -> Result<()> {
        // "ALL, GRANT OPTION" together is another statement, for all databases.
        if what.contains(ALL) && what.remove(GRANT_OPTION) {
            self.execute(todo, "REVOKE", &[GRANT_OPTION], place, "FROM")?;
        }
        let what: Vec<&str> = what.into_iter().collect();
        if what.is_empty() { Ok(()) } else { self.execute(todo, "REVOKE", &what, place, "FROM") }
    }

    fn grant(&self, todo: &mut Commands, place: &str, what: BTreeSet<&str>) -> Result<()> {
        let what: Vec<&str> = what.into_iter().collect();
        if what.is_empty() { Ok(()) } else { self.execute(todo, "GRANT", &what, place, "TO") }
    }

    fn execute(
        &self,
        todo: &mut Commands,
        verb: &str,
        privileges: &[&str],
        place: &str,
        whom: &str,
    ) -> Result<()> {
        let passes_on = verb == "GRANT" && privileges.contains(&GRANT_OPTION);
        let mut named: Vec<&str> =
            privileges.iter().copied().filter(|it| !passes_on || *it != GRANT_OPTION).collect();
        if named.is_empty() {
            named.push("USAGE");
        }
        let named = named.join(", ");
        let named = if named == ALL { "ALL PRIVILEGES" } else { &named };
        let sql = Sql::of_words(format!("{verb} {named} ON {place} {whom} "));
        let sql = sql.text(&self.user).code("@").text(&self.user_hostname);
        let sql = if passes_on { sql.code(" WITH GRANT OPTION") } else { sql };
        self.server.execute(todo, &sql)
    }
}

/// A privilege in capital letters; columns, in parentheses, as they are.
fn privilege(given: &str) -> Result<String> {
    let given = given.trim();
    let (words, columns) = given.split_once('(').map_or((given, None), |(words, columns)| {
        (words, Some(columns.trim_end().strip_suffix(')').unwrap_or("(")))
    });
    let is_word = |it: char| it.is_ascii_alphabetic() || it == '_' || it == ' ';
    let is_column = |it: char| it.is_alphanumeric() || "_$ ,`".contains(it);
    let words = words.trim().to_ascii_uppercase();
    if words.is_empty()
        || !words.chars().all(is_word)
        || !columns.is_none_or(|it| it.chars().all(is_column))
    {
        return Err(Error::usage(format!("`{given}` is no privilege of MySQL"))
            .hint("write SELECT, ALL or UPDATE (column)")
            .argument("privileges"));
    }
    let words = if words == "ALL PRIVILEGES" { ALL.to_owned() } else { words };
    let Some(columns) = columns else { return Ok(words) };
    let columns: Vec<String> = columns
        .split(',')
        .map(|it| Sql::<MySql>::new("").name(it.trim().trim_matches('`')).to_string())
        .collect();
    Ok(format!("{words} ({})", columns.join(", ")))
}

/// The privileges that the server lists; what it lists is no privilege where it only lets the user in.
fn existing(listed: &[String]) -> BTreeSet<String> {
    let mut now: BTreeSet<String> = listed.iter().filter_map(|it| privilege(it).ok()).collect();
    now.remove("USAGE");
    if EVERY.iter().all(|it| now.contains(*it)) {
        now.retain(|it| it == GRANT_OPTION);
        now.insert(ALL.to_owned());
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_are_code_only_if_they_are_privileges() {
        for (given, expected) in [
            ("select", Some("SELECT")),
            ("All Privileges", Some("ALL")),
            ("UPDATE(price,`vat`)", Some("UPDATE (`price`, `vat`)")),
            ("REPLICATION CLIENT", Some("REPLICATION CLIENT")),
            ("SELECT ON x TO y; --", None),
            ("UPDATE (a) ON x", None),
            ("SELECT (a", None),
            ("", None),
        ] {
            assert_eq!(privilege(given).ok().as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn a_list_of_everything_is_all() {
        let mut listed: Vec<String> = EVERY.iter().map(|it| (*it).to_owned()).collect();
        listed.push("GRANT OPTION".to_owned());
        listed.push("BACKUP_ADMIN".to_owned());
        let all: Vec<String> = existing(&listed).into_iter().collect();
        assert_eq!(all, ["ALL", "GRANT OPTION"]);
    }
}
