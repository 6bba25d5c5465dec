use indexmap::IndexMap;

use super::{PostgresqlServer, reads, roles, table};
use crate::fact::unreadable;
use crate::facts::table::{Row, boolean, number, take_name};
use crate::{Args, Fact, Result, Scope, Shell};

/// The roles of a PostgreSQL server by name, each with its columns in `pg_roles`, without their `rol`.
///
/// Also known as `postgres.postgres_roles`.
///
/// ```rhai
/// let roles = host.fact("postgresql.postgresql_roles", #{ _sudo_user: "postgres" });
/// if "app" in roles && roles["app"].super { host.log("app may do anything"); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("postgresql.postgresql_roles")]
pub struct PostgresqlRoles {
    #[arg(flatten)]
    pub server: PostgresqlServer,
}

const BOOLEANS: &[&str] =
    &["super", "inherit", "createrole", "createdb", "canlogin", "replication", "bypassrls"];

impl Fact for PostgresqlRoles {
    type Output = IndexMap<String, Row>;

    fn command(&self) -> Shell {
        self.server.ask("SELECT * FROM pg_catalog.pg_roles")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rows = table(output, "rol").ok_or_else(|| unreadable(self, output))?;
        let named = rows.into_iter().map(|mut row| {
            number(&mut row, "oid");
            number(&mut row, "connlimit");
            for column in BOOLEANS {
                boolean(&mut row, column, "t");
            }
            Some((take_name(&mut row, "name")?, row))
        });
        named.collect::<Option<_>>().ok_or_else(|| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("psql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(roles())
    }
}
