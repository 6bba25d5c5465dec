//! Databases and roles of a PostgreSQL server, as its client `psql` tells them.

mod postgresql_databases;
mod postgresql_passwords;
mod postgresql_roles;
mod server;

pub use postgresql_databases::PostgresqlDatabases;
pub use postgresql_passwords::PostgresqlPasswords;
pub use postgresql_roles::PostgresqlRoles;
pub use server::PostgresqlServer;

use crate::Scope;
use crate::fact::FactDef;
use crate::facts::table::{Row, rows};

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<PostgresqlDatabases>(),
    FactDef::of::<PostgresqlPasswords>(),
    FactDef::of::<PostgresqlRoles>(),
];

/// All that servers hold, and parts of it. Such a path is no file's: it does not begin with a slash.
pub(crate) fn everything() -> Scope {
    Scope::tree("postgresql:")
}

/// The databases.
pub(crate) fn databases() -> Scope {
    Scope::path("postgresql:/databases")
}

/// The roles and their passwords.
pub(crate) fn roles() -> Scope {
    Scope::path("postgresql:/roles")
}

/// What a part depends on besides itself.
fn reads(part: Scope) -> Vec<Scope> {
    vec![part, Scope::PACKAGES, Scope::SERVICES]
}

/// Rows with zero bytes between the columns; or with `|` and a last line that counts them, as `psql -A`
/// writes them without further options. `prefix` is what the columns' names begin with.
fn table(output: &str, prefix: &str) -> Option<Vec<Row>> {
    let title = |it: &str| it.strip_prefix(prefix).unwrap_or(it).to_owned();
    if output.contains('\0') {
        return rows(output, '\0', title, str::to_owned);
    }
    let (table, _count) = output.trim_end().rsplit_once('\n')?;
    rows(table, '|', title, str::to_owned)
}
