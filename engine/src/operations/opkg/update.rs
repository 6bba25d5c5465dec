use crate::operations::packages::index::update;

update! {
    /// Renew opkg's lists of packages.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// opkg.update();
    /// ```
    "opkg.update"
}
