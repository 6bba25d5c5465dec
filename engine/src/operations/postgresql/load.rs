use crate::facts::postgresql::{self, PostgresqlServer};
use crate::operations::dumps::is_complete;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Empties a database: what remains is `public` as a new one has it. Since PostgreSQL 15 that is the
/// owner's of the database.
const EMPTY: &str = "DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'CREATE SCHEMA public AUTHORIZATION pg_database_owner';
        EXECUTE 'GRANT USAGE ON SCHEMA public TO PUBLIC';
    ELSE
        EXECUTE 'CREATE SCHEMA public';
        EXECUTE 'GRANT ALL ON SCHEMA public TO PUBLIC';
    END IF;
END
$$;";

/// A dump of a database whose schema `public` was changed creates it.
const PUBLIC: &str = "s/^CREATE SCHEMA public;$/CREATE SCHEMA IF NOT EXISTS public;/";

/// Load a file of SQL that is on the host into a database of a PostgreSQL server, every time.
///
/// The first statement that fails ends it.
///
/// ```rhai
/// postgresql.load("/var/backups/app.sql", #{ psql_database: "app", replace: true, _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.load")]
pub(crate) struct Load {
    /// Path of the file on the host.
    src: String,

    /// Drop all that the database holds first, also what the dump does not know. The file must be a
    /// complete dump; it is loaded in one transaction, so a failure leaves the database as it was.
    #[arg(default = false)]
    replace: bool,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for Load {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let psql = self.server.psql();
        if self.replace {
            let is_complete = is_complete(&self.src, "-- PostgreSQL database dump complete");
            let dump = sh!("sed {PUBLIC} < {self.src}");
            return Ok(sh!(
                "{is_complete} && {{ printf '%s\\n' {EMPTY}; {dump} || echo 'SELECT broken_off;'; }} | \
                 {psql} -q -1 -v ON_ERROR_STOP=1 -o /dev/null -f -"
            )
            .into());
        }
        Ok(sh!("{psql} -q -v ON_ERROR_STOP=1 < {self.src}").into())
    }

    fn touches(&self) -> Vec<Scope> {
        vec![postgresql::everything()]
    }
}
