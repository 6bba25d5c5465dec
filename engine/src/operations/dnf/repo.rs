use crate::operations::rpm::repo::repo;

repo! {
    /// Declare a repository for dnf, or remove it.
    ///
    /// With a name, the file `/etc/yum.repos.d/NAME.repo` is written where it differs. With the address of such a
    /// file, the host downloads it if it is not there.
    ///
    /// ```rhai
    /// dnf.repo("https://download.docker.com/linux/centos/docker-ce.repo");
    /// dnf.repo("app", #{ baseurl: "https://packages.example.com/app", gpgkey: "https://packages.example.com/key" });
    /// ```
    "dnf.repo"
}
