//! What the tests of the whole program share: cases read from Markdown files, throw-away projects, and
//! the program that is tested.
//!
//! Every case is a test of its own, named by its file and heading:
//!
//! ```sh
//! cargo test --package infra-tests --test cases operations/server
//! UPDATE_CASES=1 cargo test --package infra-tests --test cases   # accepts what the program shows now
//! ```

mod compare;
mod document;
mod program;
mod project;
mod running;

pub use compare::{check, is_updating};
pub use document::{Block, Case, Document, documents, folder};
pub use program::program;
pub use project::{Project, Shown};
pub use running::Running;

/// Why a test failed, in words.
pub type Outcome<T = ()> = Result<T, String>;
