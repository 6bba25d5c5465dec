use indexmap::IndexMap;

use super::{PostgresqlServer, databases, reads, table};
use crate::fact::unreadable;
use crate::facts::table::{Row, boolean, number, take_name};
use crate::{Args, Fact, Result, Scope, Shell};

/// The databases of a PostgreSQL server by name, each with its columns in `pg_database`, without their
/// `dat`, and with the names of `encoding`, `owner` and, as `tablespace_name`, the tablespace.
///
/// Also known as `postgres.postgres_databases`.
///
/// ```rhai
/// let databases = host.fact("postgresql.postgresql_databases", #{ _sudo_user: "postgres" });
/// if "app" in databases { host.log(`app belongs to ${databases["app"].owner}`); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("postgresql.postgresql_databases")]
pub struct PostgresqlDatabases {
    #[arg(flatten)]
    pub server: PostgresqlServer,
}

impl Fact for PostgresqlDatabases {
    type Output = IndexMap<String, Row>;

    fn command(&self) -> Shell {
        self.server.ask(
            "SELECT pg_catalog.pg_encoding_to_char(encoding), *, \
             pg_catalog.pg_get_userbyid(datdba) AS owner, (SELECT spcname FROM \
             pg_catalog.pg_tablespace AS t WHERE t.oid = dattablespace) AS tablespace_name \
             FROM pg_catalog.pg_database",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rows = table(output, "dat").ok_or_else(|| unreadable(self, output))?;
        let named = rows.into_iter().map(database);
        named.collect::<Option<_>>().ok_or_else(|| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("psql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(databases())
    }
}

fn database(mut row: Row) -> Option<(String, Row)> {
    if let Some(encoding) = row.shift_remove("pg_encoding_to_char") {
        row.insert("encoding".to_owned(), encoding);
    }
    let is_number =
        |it: &str| it.ends_with("id") || ["dba", "tablespace", "connlimit"].contains(&it);
    let numbers: Vec<String> = row.keys().filter(|it| is_number(it)).cloned().collect();
    for column in numbers {
        number(&mut row, &column);
    }
    boolean(&mut row, "istemplate", "t");
    boolean(&mut row, "allowconn", "t");
    Some((take_name(&mut row, "name")?, row))
}
