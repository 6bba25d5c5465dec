use super::using;
use crate::command::Secret;
use crate::facts::mysql::{self, MysqlServer};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Execute SQL on a MySQL server, every time.
///
/// The SQL travels on standard input, so that what is in it is in no list of processes. The first
/// statement that fails ends it.
///
/// ```rhai
/// let answer = mysql.sql("SELECT COUNT(*) FROM orders", #{ database: "shop" });
/// ```
#[derive(Debug, Args)]
#[args("mysql.sql")]
pub(crate) struct ExecuteSql {
    /// One statement, or several with `;` between them.
    sql: String,

    /// The database that they are about.
    database: Option<String>,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for ExecuteSql {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let client = using(self.server.client("mysql"), self.database.as_ref());
        let mut todo = Commands::default();
        todo.run_with_input(sh!("{client} -B"), Secret::unlisted(self.sql.as_str()));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![mysql::everything()]
    }
}
