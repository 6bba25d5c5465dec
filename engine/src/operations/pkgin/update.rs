use crate::operations::packages::index::update;

update! {
    /// Renew pkgin's database of packages.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// pkgin.update();
    /// ```
    "pkgin.update"
}
