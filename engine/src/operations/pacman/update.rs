use crate::operations::packages::index::update;

update! {
    /// Renew pacman's databases of packages.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// pacman.update();
    /// ```
    "pacman.update"
}
