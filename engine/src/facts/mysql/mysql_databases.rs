use indexmap::IndexMap;

use super::{MysqlServer, databases, reads, unescaped};
use crate::fact::unreadable;
use crate::facts::table::{Row, rows, take_name};
use crate::{Args, Fact, Result, Scope, Shell};

/// The databases of a MySQL server by name, each with `character_set` and `collation_name`.
///
/// ```rhai
/// if "shop" in host.fact("mysql.mysql_databases") { host.log("there is a shop"); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("mysql.mysql_databases")]
pub struct MysqlDatabases {
    #[arg(flatten)]
    pub server: MysqlServer,
}

impl Fact for MysqlDatabases {
    type Output = IndexMap<String, Row>;

    fn command(&self) -> Shell {
        self.server.ask("SELECT * FROM information_schema.SCHEMATA")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rows = rows(output, '\t', str::to_lowercase, unescaped);
        let databases = rows.ok_or_else(|| unreadable(self, output))?.into_iter().map(|mut row| {
            let name = take_name(&mut row, "schema_name")?;
            let mut take = |column| row.shift_remove(column).unwrap_or_default();
            let details = [
                ("character_set".to_owned(), take("default_character_set_name")),
                ("collation_name".to_owned(), take("default_collation_name")),
            ];
            Some((name, Row::from_iter(details)))
        });
        databases.collect::<Option<_>>().ok_or_else(|| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("mysql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(databases())
    }
}
