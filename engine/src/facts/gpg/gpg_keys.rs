//! `gpg.gpg_keys` and `gpg.gpg_secret_keys`: what a keyring holds.

use super::keys::{Keys, PUBLIC, SECRET, read};
use crate::{Args, Fact, Result, Shell, sh};

macro_rules! keyring {
    ($($(#[$doc:meta])* $fact:ident $name:literal $list:literal $records:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// Path of the keyring. Default: the account's own.
            pub keyring: Option<String>,
        }

        impl Fact for $fact {
            type Output = Option<Keys>;

            fn command(&self) -> Shell {
                let list = Shell::raw($list);
                match &self.keyring {
                    Some(keyring) => sh!(
                        "gpg --batch {list} --with-colons --no-default-keyring --keyring {keyring}"
                    ),
                    None => sh!("gpg --batch {list} --with-colons"),
                }
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                Ok(Some(read(output, $records)))
            }

            fn requires(&self) -> Option<&'static str> {
                Some("gpg")
            }
        }
    )* };
}

keyring! {
    /// The public keys in a keyring by id.
    ///
    /// ```rhai
    /// let keys = host.fact("gpg.gpg_keys", "/etc/apt/trusted.gpg");
    /// ```
    GpgKeys "gpg.gpg_keys" "--list-keys" PUBLIC

    /// The secret keys in a keyring by id; not the secrets themselves.
    ///
    /// ```rhai
    /// if host.fact("gpg.gpg_secret_keys") == () { host.log("nothing to sign with"); }
    /// ```
    GpgSecretKeys "gpg.gpg_secret_keys" "--list-secret-keys" SECRET
}
