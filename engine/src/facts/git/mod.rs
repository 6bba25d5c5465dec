//! Git repositories and Git's settings.

mod git_branch;
mod git_config;
mod git_local_commit;
mod git_remote_branch_commit;
mod git_submodules;
mod git_tag;
mod git_tracking_branch;

pub use git_branch::GitBranch;
pub use git_config::GitConfig;
pub use git_local_commit::GitLocalCommit;
pub use git_remote_branch_commit::GitRemoteBranchCommit;
pub use git_submodules::GitSubmodules;
pub use git_tag::GitTag;
pub use git_tracking_branch::GitTrackingBranch;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<GitBranch>(),
    FactDef::of::<GitConfig>(),
    FactDef::of::<GitLocalCommit>(),
    FactDef::of::<GitRemoteBranchCommit>(),
    FactDef::of::<GitSubmodules>(),
    FactDef::of::<GitTag>(),
    FactDef::of::<GitTrackingBranch>(),
];

/// The path such that no program takes it for an option.
fn operand(path: &str) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path.to_owned() }
}

/// The name of a commit in the first line, if there is one: 40 or 64 hexadecimal digits.
fn commit(output: &str) -> Option<String> {
    let word = output.lines().next()?.split_whitespace().next()?;
    let is_commit = matches!(word.len(), 40 | 64) && word.chars().all(|it| it.is_ascii_hexdigit());
    is_commit.then(|| word.to_owned())
}
