use super::check_name;
use super::password::is_password;
use crate::command::{PostgreSql, Secret, Sql};
use crate::facts::postgresql::{self, PostgresqlPasswords, PostgresqlRoles, PostgresqlServer};
use crate::facts::table::Row;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Create, change or drop a role of a PostgreSQL server: a user, or a group of users.
///
/// What is not given stays as it is; but a role may log in, unless `login` is false.
///
/// A superuser's client can tell whether the role has the password already; any other sets it every
/// time. It reaches the host over standard input.
///
/// ```rhai
/// postgresql.role("app", #{ password: secret("orange-battery"), _sudo_user: "postgres" });
/// postgresql.role("reports", #{ login: false, connection_limit: 5, _sudo_user: "postgres" });
/// postgresql.role("robin", #{ present: false, _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.role")]
pub(crate) struct EnsureRole {
    /// Name of the role.
    role: String,

    /// Whether the role should exist.
    #[arg(default = true)]
    present: bool,

    /// The password.
    password: Option<Secret>,

    /// Whether the role may log in.
    #[arg(default = true)]
    login: bool,

    /// Whether nothing is forbidden to the role. Default: as it is, for a new role no.
    superuser: Option<bool>,

    /// Whether the role has the privileges of those it is a member of. Default: as it is, for a new role yes.
    inherit: Option<bool>,

    /// Whether the role may create databases. Default: as it is, for a new role no.
    createdb: Option<bool>,

    /// Whether the role may create roles. Default: as it is, for a new role no.
    createrole: Option<bool>,

    /// Whether the role may replicate the server. Default: as it is, for a new role no.
    replication: Option<bool>,

    /// The most connections at a time; -1 for any number. Default: as it is, for a new role any number.
    connection_limit: Option<i32>,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for EnsureRole {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.role;
        check_name("role", name)?;
        let fact = PostgresqlRoles { server: self.server.clone() };
        let kept = PostgresqlPasswords { server: self.server.clone() };
        if self.password.is_some() && self.present {
            host.want(&kept);
        }
        let roles = host.fact(&fact)?;
        let mut after = (*roles).clone();
        let mut todo = Commands::default();
        let subject = format!("postgresql role {name}");
        match (self.present, roles.get(name)) {
            (false, None) => {
                return Ok(Commands::none(format!("postgresql role {name} does not exist")));
            }
            (false, Some(_)) => {
                self.server.execute(&mut todo, &Sql::new("DROP ROLE ").name(name))?;
                todo.attribute(subject, "role", "exists", "");
                after.shift_remove(name);
            }
            (true, now) => {
                let traits = self.traits(now);
                let has_password = match (&self.password, now) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(password), Some(_)) => {
                        let kept = host.fact(&kept)?;
                        kept.get(name).is_some_and(|hash| is_password(name, hash, password))
                    }
                };
                if now.is_some() && traits.is_empty() && has_password {
                    return Ok(Commands::none(format!("postgresql role {name} is as wanted")));
                }
                let verb = if now.is_some() { "ALTER ROLE " } else { "CREATE ROLE " };
                let sql = Sql::new(verb).name(name);
                let sql = traits.iter().fold(sql, |sql, it| it.say(sql));
                let sql = match &self.password {
                    Some(password) if !has_password => sql.code(" PASSWORD ").secret(password),
                    _ => sql,
                };
                self.server.execute(&mut todo, &sql)?;
                if now.is_none() {
                    todo.attribute(&subject, "role", "", "created");
                }
                if !has_password {
                    todo.attribute(&subject, "password", "", "***");
                }
                after.insert(name.clone(), record(&mut todo, &subject, now, traits));
            }
        }
        if self.password.is_some() && self.present {
            // Which hash the server will keep is not known.
            let mut hashes = (*host.fact(&kept)?).clone();
            hashes.shift_remove(name);
            todo.then(&kept, hashes);
        }
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![postgresql::roles()]
    }
}

/// One thing to say of a role.
struct Trait {
    /// The words of SQL.
    words: &'static str,
    /// The column of `pg_roles`.
    column: &'static str,
    value: serde_json::Value,
}

impl Trait {
    fn say(&self, sql: Sql<PostgreSql>) -> Sql<PostgreSql> {
        let sql = sql.code(self.words);
        match self.value.as_i64() {
            Some(limit) => sql.number(limit),
            None => sql,
        }
    }
}

impl EnsureRole {
    /// What is to be said of a role that is as `now` tells, or is new.
    fn traits(&self, now: Option<&Row>) -> Vec<Trait> {
        let flags = [
            (Some(self.login), " LOGIN", " NOLOGIN", "canlogin", "login", false),
            (self.superuser, " SUPERUSER", " NOSUPERUSER", "super", "superuser", false),
            (self.inherit, " INHERIT", " NOINHERIT", "inherit", "inherit", true),
            (self.createdb, " CREATEDB", " NOCREATEDB", "createdb", "createdb", false),
            (self.createrole, " CREATEROLE", " NOCREATEROLE", "createrole", "createrole", false),
            (
                self.replication,
                " REPLICATION",
                " NOREPLICATION",
                "replication",
                "replication",
                false,
            ),
        ];
        let flags = flags.into_iter().filter_map(|(wanted, yes, no, column, other, initial)| {
            let wanted = wanted?;
            let is_so = match now {
                None => Some(initial),
                Some(now) => now.get(column).or_else(|| now.get(other))?.as_bool(),
            };
            let words = if wanted { yes } else { no };
            (is_so != Some(wanted)).then(|| Trait { words, column, value: wanted.into() })
        });
        let limit = self.connection_limit.and_then(|wanted| {
            let is_so = match now {
                None => Some(-1),
                Some(now) => now.get("connlimit").or_else(|| now.get("connection_limit"))?.as_i64(),
            };
            (is_so != Some(i64::from(wanted))).then(|| Trait {
                words: " CONNECTION LIMIT ",
                column: "connlimit",
                value: wanted.into(),
            })
        });
        flags.chain(limit).collect()
    }
}

/// Records what changes, and tells what the fact will say.
fn record(todo: &mut Commands, subject: &str, now: Option<&Row>, traits: Vec<Trait>) -> Row {
    let mut after = now.cloned().unwrap_or_default();
    for Trait { column, value, .. } in traits {
        let before = after.get(column).map(ToString::to_string).unwrap_or_default();
        todo.attribute(subject, column, before, value.to_string());
        after.insert(column.to_owned(), value);
    }
    after
}
