use crate::command::{MySql, Secret, Sql};
use crate::{Args, Commands, Result, Shell, sh};

/// How a MySQL server is reached.
#[derive(Clone, Debug, Default, Args)]
#[args("mysql", prefix = "mysql_")]
pub struct MysqlServer {
    /// The user to log in as. Default: the client's.
    pub user: Option<String>,

    /// That user's password. It reaches the host over standard input and the client in its environment;
    /// the account's own `~/.my.cnf` is not read then. Default: the client's.
    pub password: Option<Secret>,

    /// The host that the server is on. Default: the client's, most often this one, over a socket.
    pub host: Option<String>,

    /// The server's port.
    pub port: Option<u16>,
}

impl MysqlServer {
    /// A client that talks to the server: `mysql`, `mysqldump`. In a session without a locale it would take text
    /// for Latin-1.
    pub(crate) fn client(&self, program: &'static str) -> Shell {
        let mut client = match &self.password {
            // A password in `~/.my.cnf` would count more than the one in the environment.
            Some(password) => sh!("HOME=/dev/null MYSQL_PWD={password} "),
            None => Shell::new(),
        };
        client
            .code(program)
            .code(" --default-character-set=utf8mb4")
            .opt("-u", self.user.as_ref())
            .opt("-h", self.host.as_ref());
        client.opt("-P", self.port);
        client
    }

    /// The command that prints what a statement without secrets finds.
    pub(crate) fn ask(&self, sql: &str) -> Shell {
        let client = self.client("mysql");
        sh!("{client} -Be {sql}")
    }

    /// Has a statement executed. One with a secret travels on standard input.
    pub(crate) fn execute(&self, todo: &mut Commands, sql: &Sql<MySql>) -> Result<()> {
        let text = sql.reveal()?;
        if sql.has_secret() {
            let client = self.client("mysql");
            todo.run_with_input(sh!("{client} -B"), Secret::unlisted(text));
        } else {
            todo.run(self.ask(&text));
        }
        Ok(())
    }
}
