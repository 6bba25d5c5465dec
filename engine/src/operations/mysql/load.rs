use super::using;
use crate::facts::mysql::{self, MysqlServer};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Load a file of SQL that is on the host into a MySQL server, every time.
///
/// ```rhai
/// mysql.load("/var/backups/shop.sql", #{ database: "shop_copy" });
/// ```
#[derive(Debug, Args)]
#[args("mysql.load")]
pub(crate) struct Load {
    /// Path of the file on the host.
    src: String,

    /// The database that it goes into.
    database: Option<String>,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for Load {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let client = using(self.server.client("mysql"), self.database.as_ref());
        Ok(sh!("{client} < {self.src}").into())
    }

    fn touches(&self) -> Vec<Scope> {
        vec![mysql::everything()]
    }
}
