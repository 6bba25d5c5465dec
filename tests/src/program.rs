//! The program that is tested.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The built `infra`: the one that `INFRA_PROGRAM` names, else one that is built now, as the tests were.
///
/// # Panics
///
/// If it cannot be built: no test could tell anything.
pub fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match env::var_os("INFRA_PROGRAM") {
        Some(path) => PathBuf::from(path).canonicalize().expect("INFRA_PROGRAM names a file"),
        None => build(),
    })
}

/// Cargo knows whether anything is to be done; it says nothing and takes no time where there is not.
fn build() -> PathBuf {
    let tests = env::current_exe().expect("a process knows its program");
    // target/PROFILE/deps/cases-0123456789abcdef
    let profile = tests.ancestors().nth(2).expect("tests are in target/PROFILE/deps").to_owned();
    let target = profile.parent().expect("a profile's folder is in the target folder");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "infra", "--target-dir"]).arg(target);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let status = cargo.status().expect("cargo can be started");
    assert!(status.success(), "cargo could not build infra");
    profile.join("infra")
}
