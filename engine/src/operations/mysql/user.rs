use indexmap::IndexMap;

use super::password::is_password;
use super::privileges::EnsurePrivileges;
use crate::args::{OneOrMany, choice};
use crate::command::{MySql, Secret, Sql};
use crate::facts::mysql::{self, MysqlServer, MysqlUserGrants, MysqlUsers};
use crate::facts::table::Row;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

choice! {
    /// How a user must connect.
    pub(crate) enum Require { Ssl = "SSL", X509 = "X509" }
}

/// Create, change or drop a user of a MySQL server.
///
/// A user is a name and the host that it comes from; with another host it is another user. What is not
/// given stays as it is.
///
/// The password is changed where it can be seen that it is another one (`mysql_native_password`, which is
/// MariaDB's default). Otherwise only a new user gets it. It reaches the host over standard input.
///
/// ```rhai
/// mysql.user("shop", #{ password: secret("orange-battery"), privileges: ["PROCESS"] });
/// mysql.user("kim", #{ user_hostname: "%", require: "SSL", max_connections: 10 });
/// mysql.user("robin", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("mysql.user")]
pub(crate) struct EnsureUser {
    /// Name of the user.
    user: String,

    /// Whether the user should exist.
    #[arg(default = true)]
    present: bool,

    /// The host that the user comes from: `localhost`, `%` for any.
    #[arg(default = "localhost")]
    user_hostname: String,

    /// The password.
    password: Option<Secret>,

    /// The user's global privileges, and no others. Default: as they are.
    privileges: Option<OneOrMany<String>>,

    /// How the user must connect: encrypted, or with a certificate.
    require: Option<Require>,

    /// With `require: "X509"`: the cipher.
    require_cipher: Option<String>,

    /// With `require: "X509"`: who issued the certificate.
    require_issuer: Option<String>,

    /// With `require: "X509"`: whose certificate it is.
    require_subject: Option<String>,

    /// The most connections at a time; 0 for as many as the server allows.
    max_connections: Option<u32>,

    /// The most queries in an hour; 0 for any number.
    max_queries_per_hour: Option<u32>,

    /// The most changes in an hour; 0 for any number.
    max_updates_per_hour: Option<u32>,

    /// The most connections in an hour; 0 for any number.
    max_connections_per_hour: Option<u32>,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for EnsureUser {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.check()?;
        let user = format!("{}@{}", self.user, self.user_hostname);
        let fact = MysqlUsers { server: self.server.clone() };
        let grants = self.grants().filter(|_| self.present);
        if let Some(grants) = &grants {
            host.want(&grants.fact());
        }
        let users = host.fact(&fact)?;
        let mut after = (*users).clone();
        let mut todo = Commands::default();
        match (self.present, users.get(&user)) {
            (true, None) => {
                todo.attribute(self.subject(), "user", "", "created");
                let clauses = self.clauses(None);
                self.execute(&mut todo, "CREATE USER ", &clauses)?;
                after.insert(user, record(&mut todo, &self.subject(), &Row::new(), clauses));
                let usage = ("*.*".to_owned(), vec!["USAGE".to_owned()]);
                todo.then(&self.grants_fact(), [usage].into());
            }
            (true, Some(now)) => {
                let clauses = self.clauses(Some(now));
                if clauses.is_empty() {
                    todo.note = Some(format!("mysql user {user} exists"));
                } else {
                    self.execute(&mut todo, "ALTER USER ", &clauses)?;
                    after.insert(user, record(&mut todo, &self.subject(), now, clauses));
                }
            }
            (false, Some(_)) => {
                todo.attribute(self.subject(), "user", "exists", "");
                self.execute(&mut todo, "DROP USER ", &[])?;
                after.shift_remove(&user);
                todo.then(&self.grants_fact(), IndexMap::new());
            }
            (false, None) => {
                return Ok(Commands::none(format!("mysql user {user} does not exist")));
            }
        }
        todo.then(&fact, after);
        if let Some(grants) = grants {
            todo.extend(grants.plan(host)?);
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![mysql::users(), mysql::grants(&self.user, &self.user_hostname)]
    }
}

/// One thing to say of a user.
struct Clause {
    /// What it begins with: clauses of one kind stand together.
    kind: Kind,
    /// The word of SQL.
    word: &'static str,
    /// What is wanted.
    value: Wanted,
    /// The column of `mysql.user` that it is in.
    column: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Password,
    Require,
    Limit,
}

enum Wanted {
    Nothing,
    Text(String),
    Secret(Secret),
    Number(u32),
}

impl EnsureUser {
    fn subject(&self) -> String {
        format!("mysql user {}@{}", self.user, self.user_hostname)
    }

    fn check(&self) -> Result<()> {
        let details = [
            ("require_cipher", &self.require_cipher),
            ("require_issuer", &self.require_issuer),
            ("require_subject", &self.require_subject),
        ];
        let given = details.into_iter().find(|(_, value)| value.is_some());
        match given {
            Some((name, _)) if self.require != Some(Require::X509) => {
                Err(Error::usage(format!("`{name}` needs `require: \"X509\"`")).argument(name))
            }
            _ => Ok(()),
        }
    }

    fn grants_fact(&self) -> MysqlUserGrants {
        MysqlUserGrants {
            user: self.user.clone(),
            hostname: self.user_hostname.clone(),
            server: self.server.clone(),
        }
    }

    fn grants(&self) -> Option<EnsurePrivileges> {
        Some(EnsurePrivileges {
            user: self.user.clone(),
            privileges: self.privileges.clone().filter(|it| !it.is_empty())?,
            user_hostname: self.user_hostname.clone(),
            database: "*".to_owned(),
            table: "*".to_owned(),
            flush: true,
            with_grant_option: false,
            server: self.server.clone(),
        })
    }

    /// What is to be said of a user that is as `now` tells, or is new.
    fn clauses(&self, now: Option<&Row>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        if let Some(password) = &self.password
            && now.is_none_or(|now| is_password(now, password) == Some(false))
        {
            clauses.push(Clause {
                kind: Kind::Password,
                word: "BY ",
                value: Wanted::Secret(password.clone()),
                column: "password",
            });
        }
        clauses.extend(self.required(now));
        let limits = [
            ("MAX_USER_CONNECTIONS ", self.max_connections, "max_user_connections"),
            ("MAX_QUERIES_PER_HOUR ", self.max_queries_per_hour, "max_questions"),
            ("MAX_UPDATES_PER_HOUR ", self.max_updates_per_hour, "max_updates"),
            ("MAX_CONNECTIONS_PER_HOUR ", self.max_connections_per_hour, "max_connections"),
        ];
        for (word, wanted, column) in limits {
            let Some(wanted) = wanted else { continue };
            let is_so = now.map_or(Some(0), |now| now.get(column)?.as_u64());
            if is_so != Some(u64::from(wanted)) {
                let value = Wanted::Number(wanted);
                clauses.push(Clause { kind: Kind::Limit, word, value, column });
            }
        }
        clauses
    }

    /// How the user must connect; all of it where a part is different, because it replaces the whole.
    fn required(&self, now: Option<&Row>) -> Vec<Clause> {
        let is = |column: &str| now.and_then(|now| now.get(column)?.as_str());
        let details: Vec<Clause> = [
            ("CIPHER ", &self.require_cipher, "ssl_cipher"),
            ("ISSUER ", &self.require_issuer, "x509_issuer"),
            ("SUBJECT ", &self.require_subject, "x509_subject"),
        ]
        .into_iter()
        .filter_map(|(word, value, column)| {
            let value = Wanted::Text(value.clone()?);
            Some(Clause { kind: Kind::Require, word, value, column })
        })
        .collect();
        let plain = |word, stored: &str| match is("ssl_type") {
            Some(now) if now == stored => Vec::new(),
            _ => {
                let (kind, column) = (Kind::Require, "ssl_type");
                vec![Clause { kind, word, value: Wanted::Nothing, column }]
            }
        };
        match self.require {
            None => Vec::new(),
            Some(Require::Ssl) => plain("SSL", "ANY"),
            Some(Require::X509) if details.is_empty() => plain("X509", "X509"),
            Some(Require::X509) => {
                let is_so = |it: &Clause| matches!(&it.value, Wanted::Text(text) if is(it.column) == Some(text));
                if details.iter().all(is_so) { Vec::new() } else { details }
            }
        }
    }

    fn execute(&self, todo: &mut Commands, verb: &'static str, clauses: &[Clause]) -> Result<()> {
        let mut sql = Sql::<MySql>::new(verb).text(&self.user).code("@").text(&self.user_hostname);
        let mut last = None;
        for Clause { kind, word, value, .. } in clauses {
            let start = match kind {
                Kind::Password => " IDENTIFIED ",
                Kind::Require => " REQUIRE ",
                Kind::Limit => " WITH ",
            };
            sql = sql.code(if last == Some(*kind) { " " } else { start }).code(word);
            sql = match value {
                Wanted::Nothing => sql,
                Wanted::Text(text) => sql.text(text),
                Wanted::Secret(secret) => sql.secret(secret),
                Wanted::Number(number) => sql.number(*number),
            };
            last = Some(*kind);
        }
        self.server.execute(todo, &sql)
    }
}

/// Records what changes, and tells what the fact will say.
fn record(todo: &mut Commands, subject: &str, now: &Row, clauses: Vec<Clause>) -> Row {
    let mut after = now.clone();
    for Clause { word, value, column, .. } in clauses {
        let (name, value) = match value {
            Wanted::Secret(_) => {
                // Which hash it becomes is the server's business.
                after.shift_remove("authentication_string");
                after.shift_remove("Password");
                todo.attribute(subject, column, "", "***");
                continue;
            }
            Wanted::Nothing => (column, if word == "SSL" { "ANY".into() } else { word.into() }),
            Wanted::Text(text) => (column, text.into()),
            Wanted::Number(number) => (column, serde_json::Value::from(number)),
        };
        let shown = |it: &serde_json::Value| it.as_str().map_or(it.to_string(), str::to_owned);
        let before = now.get(name).filter(|it| !it.is_null()).map(shown).unwrap_or_default();
        todo.attribute(subject, name, before, shown(&value));
        after.insert(name.to_owned(), value);
    }
    after
}
