//! Databases and roles of a PostgreSQL server, through its client `psql`. Also known as `postgres`.

mod database;
mod dump;
mod load;
mod password;
mod role;
mod sql;

use crate::operation::OpDef;
use crate::{Error, Result};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<sql::ExecuteSql>(),
    OpDef::of::<role::EnsureRole>(),
    OpDef::of::<database::EnsureDatabase>(),
    OpDef::of::<dump::Dump>(),
    OpDef::of::<load::Load>(),
];

/// The bytes that PostgreSQL keeps of a name, unless it was built otherwise. What it was cut to would be another name.
const LONGEST_NAME: usize = 63;

fn check_name(argument: &'static str, name: &str) -> Result<()> {
    if name.len() <= LONGEST_NAME {
        return Ok(());
    }
    let what =
        format!("PostgreSQL cuts names at {LONGEST_NAME} bytes, and `{name}` has {}", name.len());
    Err(Error::usage(what).hint("choose a shorter one").argument(argument))
}
