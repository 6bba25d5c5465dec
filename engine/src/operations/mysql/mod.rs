//! Databases, users and privileges of a MySQL or MariaDB server, through its client `mysql`.

mod database;
mod dump;
mod load;
mod password;
mod privileges;
mod sql;
mod user;

use crate::Shell;
use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<sql::ExecuteSql>(),
    OpDef::of::<user::EnsureUser>(),
    OpDef::of::<database::EnsureDatabase>(),
    OpDef::of::<privileges::EnsurePrivileges>(),
    OpDef::of::<dump::Dump>(),
    OpDef::of::<load::Load>(),
];

/// The client with a database chosen.
fn using(mut client: Shell, database: Option<&String>) -> Shell {
    client.opt("-D", database);
    client
}
