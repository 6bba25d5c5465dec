use indexmap::IndexMap;

use super::{PostgresqlServer, reads, roles, table};
use crate::command::Secret;
use crate::fact::unreadable;
use crate::facts::table::take_name;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The roles of a PostgreSQL server that have a password, each with its hash, which shows as `***`.
///
/// Only a superuser is told; for others nobody seems to have a password.
///
/// ```rhai
/// let kept = host.fact("postgresql.postgresql_passwords", #{ _sudo_user: "postgres" });
/// if !("app" in kept) { host.log("app has no password"); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("postgresql.postgresql_passwords")]
pub struct PostgresqlPasswords {
    #[arg(flatten)]
    pub server: PostgresqlServer,
}

impl Fact for PostgresqlPasswords {
    type Output = IndexMap<String, Secret>;

    fn command(&self) -> Shell {
        let ask = self.server.ask(
            "SELECT rolname, rolpassword FROM pg_catalog.pg_authid WHERE rolpassword IS NOT NULL",
        );
        sh!("{ask} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rows = table(output, "rol").ok_or_else(|| unreadable(self, "its rows"))?;
        let kept = rows.into_iter().map(|mut row| {
            let hash = take_name(&mut row, "password")?;
            Some((take_name(&mut row, "name")?, Secret::new(hash)))
        });
        kept.collect::<Option<_>>().ok_or_else(|| unreadable(self, "its rows"))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("psql")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(roles())
    }
}
