use crate::operations::packages::index::update;

update! {
    /// Renew the index of packages.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// xbps.update();
    /// ```
    "xbps.update"
}
