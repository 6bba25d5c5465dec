use crate::operations::packages::index::update;

update! {
    /// Renew apk's index of packages.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// apk.update();
    /// ```
    "apk.update"
}
