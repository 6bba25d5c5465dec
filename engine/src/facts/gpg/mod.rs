//! Keys of `GnuPG`.

mod gpg_key;
mod gpg_keyrings;
mod gpg_keys;
mod keys;

pub use gpg_key::GpgKey;
pub use gpg_keyrings::{GpgKeyrings, Keyring};
pub use gpg_keys::{GpgKeys, GpgSecretKeys};
pub use keys::{Key, Keys, Subkey};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<GpgKey>(),
    FactDef::of::<GpgKeyrings>(),
    FactDef::of::<GpgKeys>(),
    FactDef::of::<GpgSecretKeys>(),
];
