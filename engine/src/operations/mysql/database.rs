use super::privileges::EnsurePrivileges;
use crate::args::OneOrMany;
use crate::command::{MySql, Sql};
use crate::facts::mysql::{self, MysqlDatabases, MysqlServer};
use crate::facts::table::Row;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Create or drop a database of a MySQL server, and let a user have it.
///
/// Another character set or collation becomes the database's default for new tables; those that are there
/// keep theirs.
///
/// ```rhai
/// mysql.database("shop", #{ charset: "utf8mb4", user: "shop", user_privileges: ["SELECT", "INSERT"] });
/// ```
#[derive(Debug, Args)]
#[args("mysql.database")]
pub(crate) struct EnsureDatabase {
    /// Name of the database.
    database: String,

    /// Whether the database should exist.
    #[arg(default = true)]
    present: bool,

    /// Its collation: `utf8mb4_unicode_ci`. Default: as it is, or the server's.
    collate: Option<String>,

    /// Its character set: `utf8mb4`. Default: as it is, or the server's.
    charset: Option<String>,

    /// A user that gets privileges on the database.
    user: Option<String>,

    /// The host that the user comes from.
    #[arg(default = "localhost")]
    user_hostname: String,

    /// The user's privileges on the database, and no others.
    #[arg(default = OneOrMany(vec!["ALL".to_owned()]))]
    user_privileges: OneOrMany<String>,

    #[arg(flatten)]
    server: MysqlServer,
}

impl Operation for EnsureDatabase {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.database;
        let fact = MysqlDatabases { server: self.server.clone() };
        let grants = self.grants().filter(|_| self.present);
        if let Some(grants) = &grants {
            host.want(&grants.fact());
        }
        let databases = host.fact(&fact)?;
        let mut after = (*databases).clone();
        let mut todo = Commands::default();
        match (self.present, databases.get(name)) {
            (true, None) => {
                self.execute(&mut todo, Sql::new("CREATE DATABASE "), &self.wanted(&Row::new()))?;
                todo.attribute(self.subject(), "database", "", "created");
                after.insert(name.clone(), self.record(&mut todo, &Row::new()));
            }
            (true, Some(now)) if !self.wanted(now).is_empty() => {
                self.execute(&mut todo, Sql::new("ALTER DATABASE "), &self.wanted(now))?;
                after.insert(name.clone(), self.record(&mut todo, now));
            }
            (true, Some(_)) => todo.note = Some(format!("mysql database {name} exists")),
            (false, Some(_)) => {
                self.execute(&mut todo, Sql::new("DROP DATABASE "), &[])?;
                todo.attribute(self.subject(), "database", "exists", "");
                after.shift_remove(name);
            }
            (false, None) => {
                return Ok(Commands::none(format!("mysql database {name} does not exist")));
            }
        }
        todo.then(&fact, after);
        if let Some(grants) = grants {
            todo.extend(grants.plan(host)?);
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let mut touches = vec![mysql::databases()];
        if let Some(grants) = self.grants() {
            touches.extend(grants.touches());
        }
        touches
    }
}

impl EnsureDatabase {
    fn subject(&self) -> String {
        format!("mysql database {}", self.database)
    }

    fn grants(&self) -> Option<EnsurePrivileges> {
        let user = self.user.as_ref().filter(|_| !self.user_privileges.is_empty())?;
        Some(EnsurePrivileges {
            user: user.clone(),
            privileges: self.user_privileges.clone(),
            user_hostname: self.user_hostname.clone(),
            database: self.database.clone(),
            table: "*".to_owned(),
            flush: true,
            with_grant_option: false,
            server: self.server.clone(),
        })
    }

    /// What is to be said of the database: the words of SQL, the fact's name for it, what is and what is
    /// wanted. What a database is made with is not known before it is there.
    fn wanted<'a>(&'a self, now: &Row) -> Vec<Setting<'a>> {
        let settings = [
            (" CHARACTER SET ", "character_set", &self.charset),
            (" COLLATE ", "collation_name", &self.collate),
        ];
        let wanted = settings.into_iter().filter_map(|(code, column, value)| {
            let value = value.as_deref()?;
            let before = now.get(column).and_then(|it| it.as_str());
            let differs = before.is_none_or(|before| full(before) != full(value));
            // Of a database that is there, what is not known is left alone.
            let is_new = now.is_empty();
            let before = before.map(str::to_owned);
            (differs && (is_new || before.is_some())).then_some(Setting {
                code,
                column,
                before,
                value,
            })
        });
        wanted.collect()
    }

    fn execute(&self, todo: &mut Commands, start: Sql<MySql>, with: &[Setting<'_>]) -> Result<()> {
        let sql = with.iter().fold(start.name(&self.database), |sql, setting| {
            sql.code(setting.code).text(setting.value)
        });
        self.server.execute(todo, &sql)
    }

    /// Records what changes, and tells what the fact will say.
    fn record(&self, todo: &mut Commands, now: &Row) -> Row {
        let mut after = now.clone();
        for Setting { column, before, value, .. } in self.wanted(now) {
            todo.attribute(self.subject(), column, before.unwrap_or_default(), value);
            after.insert(column.to_owned(), value.into());
        }
        after
    }
}

struct Setting<'a> {
    code: &'static str,
    column: &'static str,
    before: Option<String>,
    value: &'a str,
}

/// A character set or collation by its full name: newer servers say `utf8mb3` for `utf8`.
fn full(name: &str) -> String {
    let name = name.to_lowercase();
    match name.strip_prefix("utf8") {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}
