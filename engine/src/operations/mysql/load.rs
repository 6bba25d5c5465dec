use super::using;
use crate::error::Error;
use crate::facts::mysql::{self, MysqlServer};
use crate::operations::dumps::is_complete;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Finds the statements that empty a database.
const DROPS: &str = "SELECT CONCAT('DROP ', IF(table_type = 'VIEW', 'VIEW', 'TABLE'), \
    ' IF EXISTS `', REPLACE(table_name, '`', '``'), '`;') \
    FROM information_schema.tables WHERE table_schema = DATABASE()";

/// Load a file of SQL that is on the host into a MySQL server, every time.
///
/// ```rhai
/// mysql.load("/var/backups/shop.sql", #{ database: "shop_copy", replace: true });
/// ```
#[derive(Debug, Args)]
#[args("mysql.load")]
pub(crate) struct Load {
    /// Path of the file on the host.
    src: String,

    /// The database that it goes into.
    database: Option<String>,

    /// Drop the tables and views that the database has first, also those that the dump does not know. The
    /// file must be a complete dump.
    #[arg(default = false)]
    replace: bool,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for Load {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let client = using(self.server.client("mysql"), self.database.as_ref());
        if !self.replace {
            return Ok(sh!("{client} < {self.src}").into());
        }
        if self.database.is_none() {
            let error = Error::usage("`replace` empties a database: it needs `database`");
            return Err(error.argument("replace"));
        }
        let is_complete = is_complete(&self.src, "-- Dump completed");
        let drops = sh!("{client} -N -B --raw -e {DROPS}");
        Ok(sh!(
            "{is_complete} && {{ echo 'SET FOREIGN_KEY_CHECKS = 0;' && {drops} && cat {self.src}; }} | {client}"
        )
        .into())
    }

    fn touches(&self) -> Vec<Scope> {
        vec![mysql::everything()]
    }
}
