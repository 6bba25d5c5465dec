use super::check_name;
use crate::command::{PostgreSql, Sql};
use crate::facts::postgresql::{self, PostgresqlDatabases, PostgresqlServer};
use crate::facts::table::Row;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Create, change or drop a database of a PostgreSQL server.
///
/// Owner, tablespace and connection limit of a database that is there can be changed. Template, encoding
/// and locale cannot; they count for a new one, and where they are not those of `template1`, the server
/// wants `template: "template0"`.
///
/// ```rhai
/// postgresql.database("app", #{ owner: "app", encoding: "UTF8", _sudo_user: "postgres" });
/// postgresql.database("old", #{ present: false, _sudo_user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("postgresql.database")]
pub(crate) struct EnsureDatabase {
    /// Name of the database.
    database: String,

    /// Whether the database should exist.
    #[arg(default = true)]
    present: bool,

    /// The role that it belongs to. Default: as it is, for a new one the role that creates it.
    owner: Option<String>,

    /// The database that a new one is copied from. Default: `template1`.
    template: Option<String>,

    /// The encoding of a new one: `UTF8`. Default: the template's.
    encoding: Option<String>,

    /// The order of text in a new one: `de_DE.UTF-8`. Default: the template's.
    lc_collate: Option<String>,

    /// The kinds of letters in a new one: `de_DE.UTF-8`. Default: the template's.
    lc_ctype: Option<String>,

    /// The tablespace that it is in. Default: as it is, for a new one the template's.
    tablespace: Option<String>,

    /// The most connections at a time; -1 for any number. Default: as it is, for a new one any number.
    connection_limit: Option<i32>,

    #[arg(flatten)]
    server: PostgresqlServer,
}

impl Operation for EnsureDatabase {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.database;
        check_name("database", name)?;
        let fact = PostgresqlDatabases { server: self.server.clone() };
        let databases = host.fact(&fact)?;
        let mut after = (*databases).clone();
        let mut todo = Commands::default();
        let subject = format!("postgresql database {name}");
        match (self.present, databases.get(name)) {
            (true, None) => {
                self.server.execute(&mut todo, &self.creation())?;
                todo.attribute(&subject, "database", "", "created");
                let mut row = Row::new();
                for change in self.changes(None) {
                    change.record(&mut todo, &subject, &mut row);
                }
                after.insert(name.clone(), row);
            }
            (true, Some(now)) => {
                let mut row = now.clone();
                for change in self.changes(Some(now)) {
                    let sql = Sql::new("ALTER DATABASE ").name(name).code(change.alter);
                    self.server.execute(&mut todo, &change.say(sql))?;
                    change.record(&mut todo, &subject, &mut row);
                }
                after.insert(name.clone(), row);
            }
            (false, Some(_)) => {
                self.server.execute(&mut todo, &Sql::new("DROP DATABASE ").name(name))?;
                todo.attribute(subject, "database", "exists", "");
                after.shift_remove(name);
            }
            (false, None) => {
                return Ok(Commands::none(format!("postgresql database {name} does not exist")));
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none(self.note(databases.get(name))));
        }
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![postgresql::databases()]
    }
}

/// Something that can be changed of a database.
struct Change<'a> {
    /// The words of `CREATE DATABASE`.
    create: &'static str,
    /// The words of `ALTER DATABASE`.
    alter: &'static str,
    /// The columns of the fact that may tell it.
    columns: &'static [&'static str],
    wanted: Wanted<'a>,
}

enum Wanted<'a> {
    Name(&'a str),
    Number(i32),
}

impl Change<'_> {
    fn say(&self, sql: Sql<PostgreSql>) -> Sql<PostgreSql> {
        match self.wanted {
            Wanted::Name(name) => sql.name(name),
            Wanted::Number(number) => sql.number(number),
        }
    }

    fn value(&self) -> serde_json::Value {
        match self.wanted {
            Wanted::Name(name) => name.into(),
            Wanted::Number(number) => number.into(),
        }
    }

    /// Records the change, and what the fact will say.
    fn record(&self, todo: &mut Commands, subject: &str, row: &mut Row) {
        let Some(column) = self.columns.first() else { return };
        let shown = |it: &serde_json::Value| it.as_str().map_or(it.to_string(), str::to_owned);
        let before = row.get(*column).map(shown).unwrap_or_default();
        todo.attribute(subject, *column, before, shown(&self.value()));
        row.insert((*column).to_owned(), self.value());
    }
}

impl EnsureDatabase {
    /// What is other than wanted and can be changed; all that is wanted, of a new database.
    fn changes(&self, now: Option<&Row>) -> Vec<Change<'_>> {
        let owner = self.owner.as_deref().map(|owner| Change {
            create: " OWNER ",
            alter: " OWNER TO ",
            columns: &["owner"],
            wanted: Wanted::Name(owner),
        });
        let tablespace = self.tablespace.as_deref().map(|tablespace| Change {
            create: " TABLESPACE ",
            alter: " SET TABLESPACE ",
            columns: &["tablespace_name", "tablespace"],
            wanted: Wanted::Name(tablespace),
        });
        let limit = self.connection_limit.map(|limit| Change {
            create: " CONNECTION LIMIT ",
            alter: " CONNECTION LIMIT ",
            columns: &["connlimit"],
            wanted: Wanted::Number(limit),
        });
        let mut changes: Vec<Change<'_>> =
            [owner, tablespace, limit].into_iter().flatten().collect();
        changes.retain(|change| {
            let Some(now) = now else { return true };
            // What the fact does not tell is left alone.
            let told = change.columns.iter().find_map(|it| now.get(*it));
            told.is_some_and(|told| *told != change.value())
        });
        changes
    }

    fn creation(&self) -> Sql<PostgreSql> {
        let mut sql = Sql::new("CREATE DATABASE ").name(&self.database);
        if let Some(template) = &self.template {
            sql = sql.code(" TEMPLATE ").name(template);
        }
        let texts = [
            (" ENCODING ", &self.encoding),
            (" LC_COLLATE ", &self.lc_collate),
            (" LC_CTYPE ", &self.lc_ctype),
        ];
        for (code, text) in texts {
            if let Some(text) = text {
                sql = sql.code(code).text(text);
            }
        }
        self.changes(None).iter().fold(sql, |sql, change| change.say(sql.code(change.create)))
    }

    /// Why there is nothing to do, and what is other than wanted but cannot be changed.
    fn note(&self, now: Option<&Row>) -> String {
        let fixed = [
            ("encoding", &self.encoding, "encoding"),
            ("lc_collate", &self.lc_collate, "collate"),
            ("lc_ctype", &self.lc_ctype, "ctype"),
        ];
        let is = |column: &str| now.and_then(|now| now.get(column)?.as_str());
        let mut note = format!("postgresql database {} exists", self.database);
        for (name, wanted, column) in fixed {
            if let (Some(wanted), Some(is)) = (wanted, is(column))
                && wanted != is
            {
                note.push_str(&format!("; its {name} stays {is}, since it cannot be changed"));
            }
        }
        note
    }
}
