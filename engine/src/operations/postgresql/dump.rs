use crate::facts::postgresql::PostgresqlServer;
use crate::operations::dumps::write_dump;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Dump a database of a PostgreSQL server into a file on the host, every time.
///
/// The file is replaced when the dump is complete, and not at all if it fails. Only the account that
/// dumps can read it.
///
/// ```rhai
/// postgresql.dump("/var/backups/app.sql", #{ psql_database: "app", _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.dump")]
pub(crate) struct Dump {
    /// Path of the file on the host.
    dest: String,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for Dump {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut todo = Commands::from(write_dump(&self.server.client("pg_dump"), &self.dest));
        let database = self.server.database.as_deref().unwrap_or("the role's own database");
        todo.attribute(&self.dest, "dump", "", database);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.dest)]
    }
}
