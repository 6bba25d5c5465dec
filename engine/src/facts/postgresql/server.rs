use crate::command::{PostgreSql, Secret, Sql};
use crate::{Args, Commands, Result, Shell, sh};

/// How a PostgreSQL server is reached.
#[derive(Clone, Debug, Default, Args)]
#[args("postgresql", prefix = "psql_")]
pub struct PostgresqlServer {
    /// The role to log in as. Default: the account's name.
    pub user: Option<String>,

    /// That role's password. It reaches the host over standard input and the client in its environment.
    /// Default: what `~/.pgpass` says.
    pub password: Option<Secret>,

    /// The host that the server is on. Default: this one, over a socket.
    pub host: Option<String>,

    /// The server's port.
    pub port: Option<u16>,

    /// The database to connect to. Default: the one that is called like the role.
    pub database: Option<String>,
}

impl PostgresqlServer {
    /// A client that talks to the server: `psql`, `pg_dump`. It never waits for a password.
    pub(crate) fn client(&self, program: &'static str) -> Shell {
        let mut client = match &self.password {
            Some(password) => sh!("PGPASSWORD={password} "),
            None => Shell::new(),
        };
        client.code(program).code(" -w");
        client.opt("-d", self.database.as_ref()).opt("-U", self.user.as_ref());
        client.opt("-h", self.host.as_ref()).opt("-p", self.port);
        client
    }

    /// `psql` with nothing of the account's own settings.
    pub(crate) fn psql(&self) -> Shell {
        self.client("psql -X")
    }

    /// The command that prints what a statement finds, with zero bytes between columns.
    pub(crate) fn ask(&self, sql: &'static str) -> Shell {
        let psql = self.psql();
        sh!("{psql} -Az -P footer=off -c {sql}")
    }

    /// Has a statement executed. One with a secret travels on standard input.
    pub(crate) fn execute(&self, todo: &mut Commands, sql: &Sql<PostgreSql>) -> Result<()> {
        let text = sql.reveal()?;
        let psql = self.psql();
        if sql.has_secret() {
            todo.run_with_input(sh!("{psql} -v ON_ERROR_STOP=1"), Secret::unlisted(text));
        } else {
            todo.run(sh!("{psql} -Ac {text}"));
        }
        Ok(())
    }
}
