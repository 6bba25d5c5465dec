//! What the program's exit code says of a run.

/// All is done.
pub const DONE: u8 = 0;

/// An operation failed on some host; or a plan is not as a test says.
pub const FAILED: u8 = 1;

/// A mistake in the command line, a script, the inventory or data, or the plan was not approved: nothing was changed.
pub const MISTAKE: u8 = 2;

/// A host could not be reached, and nothing else failed.
pub const UNREACHABLE: u8 = 3;

/// No host matched.
pub const NO_HOSTS: u8 = 4;

/// A plan has changes, where the caller wants to know (`--detailed-exitcode`).
pub const CHANGES: u8 = 10;

/// The user ended the run.
pub const INTERRUPTED: u8 = 130;
