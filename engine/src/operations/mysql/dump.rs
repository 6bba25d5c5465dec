use crate::facts::mysql::MysqlServer;
use crate::operations::dumps::write_dump;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Dump a database of a MySQL server, or all of them, into a file on the host, every time.
///
/// The file is replaced when the dump is complete, and not at all if it fails. Only the account that
/// dumps can read it.
///
/// ```rhai
/// mysql.dump("/var/backups/shop.sql", #{ database: "shop" });
/// ```
#[derive(Debug, Args)]
#[args("mysql.dump")]
pub(crate) struct Dump {
    /// Path of the file on the host.
    dest: String,

    /// The database. Default: all.
    database: Option<String>,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for Dump {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let client = self.server.client("mysqldump");
        let dump = if let Some(database) = &self.database {
            sh!("{client} -- {database}")
        } else {
            sh!("{client} --all-databases")
        };
        let mut todo = Commands::from(write_dump(&dump, &self.dest));
        todo.attribute(&self.dest, "dump", "", self.database.as_deref().unwrap_or("all databases"));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.dest)]
    }
}
