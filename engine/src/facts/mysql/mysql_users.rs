use indexmap::IndexMap;
use serde_json::Value;

use super::{MysqlServer, reads, unescaped, users};
use crate::fact::unreadable;
use crate::facts::table::{Row, boolean, number, rows, take_name};
use crate::{Args, Fact, Result, Scope, Shell};

/// The users of a MySQL server as `user@host`, each with what the table `mysql.user` tells of it.
///
/// Global privileges are in `privileges`, as the table's columns name them. Numbers and truth values
/// are such, and what is empty is `()`.
///
/// ```rhai
/// let root = host.fact("mysql.mysql_users")["root@localhost"];
/// host.log(`root may do ${root.privileges.len()} things`);
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("mysql.mysql_users")]
pub struct MysqlUsers {
    #[arg(flatten)]
    pub server: MysqlServer,
}

impl Fact for MysqlUsers {
    type Output = IndexMap<String, Row>;

    fn command(&self) -> Shell {
        self.server.ask("SELECT * FROM mysql.user")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rows = rows(output, '\t', str::to_owned, unescaped);
        let rows = rows.ok_or_else(|| unreadable(self, output))?;
        Ok(rows.into_iter().filter_map(user).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("mysql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(users())
    }
}

/// A row as a user; roles and the anonymous user have no name of both parts.
fn user(mut row: Row) -> Option<(String, Row)> {
    let host = take_name(&mut row, "Host");
    let name = take_name(&mut row, "User");
    let mut privileges = Vec::new();
    let mut details = Row::new();
    for (column, cell) in row {
        match column.strip_suffix("_priv") {
            Some(privilege) if cell.as_str() == Some("Y") => privileges.push(privilege.to_owned()),
            Some(_) => {}
            None => {
                details.insert(column, cell);
            }
        }
    }
    let limits: Vec<String> = details.keys().filter(|it| it.starts_with("max_")).cloned().collect();
    for limit in limits {
        number(&mut details, &limit);
    }
    boolean(&mut details, "password_expired", "Y");
    boolean(&mut details, "is_role", "Y");
    privileges.sort();
    details.insert("privileges".to_owned(), Value::from(privileges));
    Some((format!("{}@{}", name?, host?), details))
}
