//! Databases, users and grants of a MySQL or MariaDB server, as its client `mysql` tells them.

mod mysql_databases;
mod mysql_user_grants;
mod mysql_users;
mod server;

pub use mysql_databases::MysqlDatabases;
pub use mysql_user_grants::MysqlUserGrants;
pub use mysql_users::MysqlUsers;
pub use server::MysqlServer;

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<MysqlDatabases>(),
    FactDef::of::<MysqlUserGrants>(),
    FactDef::of::<MysqlUsers>(),
];

/// All that servers hold, and parts of it. Such a path is no file's: it does not begin with a slash.
pub(crate) fn everything() -> Scope {
    Scope::tree("mysql:")
}

/// The databases.
pub(crate) fn databases() -> Scope {
    Scope::path("mysql:/databases")
}

/// The users.
pub(crate) fn users() -> Scope {
    Scope::path("mysql:/users")
}

/// What a user may do.
pub(crate) fn grants(user: &str, hostname: &str) -> Scope {
    Scope::path(format!("mysql:/grants/{user}@{hostname}"))
}

/// What a part depends on besides itself.
fn reads(part: Scope) -> Vec<Scope> {
    vec![part, Scope::PACKAGES, Scope::SERVICES]
}

/// A column as `mysql --batch` writes it: line breaks, tabs, zero bytes and backslashes have a backslash.
fn unescaped(column: &str) -> String {
    let mut text = String::with_capacity(column.len());
    let mut characters = column.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text
}
