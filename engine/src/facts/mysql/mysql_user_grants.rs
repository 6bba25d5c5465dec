use indexmap::IndexMap;

use super::{MysqlServer, grants, reads, unescaped};
use crate::command::{MySql, Sql};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What a MySQL user may do: privileges by database and table, such as `` `shop`.* `` or `*.*`.
///
/// ```rhai
/// let grants = host.fact("mysql.mysql_user_grants", "shop");
/// if !("`shop`.*" in grants) { host.log("the user shop cannot reach its database"); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("mysql.mysql_user_grants")]
pub struct MysqlUserGrants {
    /// Name of the user.
    pub user: String,

    /// The host that the user comes from.
    #[arg(default = "localhost")]
    pub hostname: String,

    #[arg(flatten)]
    pub server: MysqlServer,
}

impl Fact for MysqlUserGrants {
    type Output = IndexMap<String, Vec<String>>;

    /// The server answers with error 1141 where there is no such user.
    fn command(&self) -> Shell {
        let sql = Sql::<MySql>::new("SHOW GRANTS FOR ").text(&self.user).code("@");
        // A zero byte in a name is an error of the server, which knows of no such user.
        let sql = sql.text(&self.hostname).reveal().unwrap_or_default();
        let ask = self.server.ask(&sql);
        sh!("if found=$({ask} 2>&1); then printf '%s\\n' \"$found\"; \
            else case $found in *'ERROR 1141 '*) ;; *) printf '%s\\n' \"$found\" >&2; exit 1;; esac; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut found: IndexMap<String, Vec<String>> = IndexMap::new();
        for line in output.lines() {
            let line = unescaped(line);
            let Some((place, privileges)) = grant(&line) else { continue };
            let known = found.entry(place.to_owned()).or_default();
            for privilege in privileges {
                if !known.contains(&privilege) {
                    known.push(privilege);
                }
            }
        }
        found.values_mut().for_each(|it| it.sort());
        Ok(found)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("mysql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(grants(&self.user, &self.hostname))
    }
}

/// `` GRANT SELECT, INSERT ON `shop`.* TO `kim`@`%` WITH GRANT OPTION `` as place and privileges. Other
/// lines grant roles, proxies or routines.
fn grant(line: &str) -> Option<(&str, Vec<String>)> {
    let (privileges, rest) = cut(line.strip_prefix("GRANT ")?, " ON ")?;
    let (place, rest) = cut(rest, " TO ")?;
    if !(place.starts_with('`') || place.starts_with('*')) || privileges == "PROXY" {
        return None;
    }
    let mut found = Vec::new();
    let mut left = privileges;
    while let Some((one, more)) = cut(left, ",") {
        found.push(one.trim().to_owned());
        left = more;
    }
    found.push(left.trim().to_owned());
    if rest.contains(" GRANT OPTION") {
        found.push("GRANT OPTION".to_owned());
    }
    Some((place, found))
}

/// The text before and behind the first `separator` that is in no quotes and no parentheses.
fn cut<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let (mut quote, mut depth) = (None, 0);
    for (at, character) in text.char_indices() {
        let rest = text.get(at..)?;
        if quote.is_none() && depth == 0 && rest.starts_with(separator) {
            return Some((text.get(..at)?, rest.strip_prefix(separator)?));
        }
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '`' | '\'') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_grants_as_servers_of_all_ages_write_them() {
        let server = MysqlServer::default();
        let fact = MysqlUserGrants { user: "kim".to_owned(), hostname: "%".to_owned(), server };
        let output = "Grants for kim@%\n\
            GRANT USAGE ON *.* TO `kim`@`%` IDENTIFIED BY PASSWORD '*AB' WITH GRANT OPTION\n\
            GRANT SELECT (`a ON b`, c), INSERT ON `x\\\\_y`.`t` TO 'kim'@'%'\n\
            GRANT EXECUTE ON PROCEDURE `x`.`p` TO `kim`@`%`\n\
            GRANT PROXY ON ''@'%' TO 'kim'@'%'\n\
            GRANT `role`@`%` TO `kim`@`%`\n";
        let expected = serde_json::json!({
            "*.*": ["GRANT OPTION", "USAGE"],
            "`x\\_y`.`t`": ["INSERT", "SELECT (`a ON b`, c)"],
        });
        let found = fact.parse(output).unwrap();
        assert_eq!(serde_json::to_value(found).unwrap(), expected);
    }
}
