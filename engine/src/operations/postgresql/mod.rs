//! Databases and roles of a PostgreSQL server, through its client `psql`. Also known as `postgres`.

mod database;
mod dump;
mod load;
mod password;
mod role;
mod sql;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<sql::ExecuteSql>(),
    OpDef::of::<role::EnsureRole>(),
    OpDef::of::<database::EnsureDatabase>(),
    OpDef::of::<dump::Dump>(),
    OpDef::of::<load::Load>(),
];
