use crate::command::Secret;
use crate::facts::postgresql::{self, PostgresqlServer};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Execute SQL on a PostgreSQL server, every time.
///
/// The SQL travels on standard input, so that what is in it is in no list of processes. The first
/// statement that fails ends it; for all or nothing write `BEGIN` and `COMMIT`.
///
/// ```rhai
/// postgresql.sql("ANALYZE", #{ psql_database: "app", _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.sql")]
pub(crate) struct ExecuteSql {
    /// One statement, or several with `;` between them.
    sql: String,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for ExecuteSql {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let psql = self.server.psql();
        let mut todo = Commands::default();
        let input = Secret::unlisted(format!("{}\n", self.sql));
        todo.run_with_input(sh!("{psql} -A -v ON_ERROR_STOP=1"), input);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![postgresql::everything()]
    }
}
