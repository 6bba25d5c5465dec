use crate::operations::rpm::key::key;

key! {
    /// Import keys that packages are signed with, into the database of rpm.
    ///
    /// Nothing is done where all of them are there. Where the host has no `gpg` to tell which keys they are, they
    /// are imported every time.
    ///
    /// ```rhai
    /// yum.key("https://download.docker.com/linux/centos/gpg");
    /// ```
    "yum.key"
}
