use crate::operations::packages::index::update;

update! {
    /// Renew Homebrew and its formulae.
    ///
    /// Runs every time, and counts as changed only where there was something new.
    ///
    /// ```rhai
    /// brew.update();
    /// ```
    "brew.update"
}
