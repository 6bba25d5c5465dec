use crate::facts::postgresql::{self, PostgresqlServer};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Load a file of SQL that is on the host into a database of a PostgreSQL server, every time.
///
/// The first statement that fails ends it.
///
/// ```rhai
/// postgresql.load("/var/backups/app.sql", #{ psql_database: "app_copy", _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.load")]
pub(crate) struct Load {
    /// Path of the file on the host.
    src: String,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for Load {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let psql = self.server.psql();
        Ok(sh!("{psql} -q -v ON_ERROR_STOP=1 < {self.src}").into())
    }

    fn touches(&self) -> Vec<Scope> {
        vec![postgresql::everything()]
    }
}
