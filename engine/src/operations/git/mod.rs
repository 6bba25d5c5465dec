//! Git: repositories, worktrees and settings.

mod bare_repo;
mod config;
mod repo;
mod worktree;

use crate::operation::OpDef;
use crate::{Commands, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<bare_repo::BareRepo>(),
    OpDef::of::<config::Config>(),
    OpDef::of::<repo::Repo>(),
    OpDef::of::<worktree::EnsureWorktree>(),
];

/// Gives a path and all below it to a user and group, where they are wanted.
fn own(todo: &mut Commands, path: &str, user: Option<&String>, group: Option<&String>) {
    match (user, group) {
        (Some(user), Some(group)) => {
            let owner = format!("{user}:{group}");
            todo.run(sh!("chown -R {owner} -- {path}"));
        }
        (Some(user), None) => {
            todo.run(sh!("chown -R {user} -- {path}"));
        }
        (None, Some(group)) => {
            todo.run(sh!("chgrp -R {group} -- {path}"));
        }
        (None, None) => {}
    }
}
