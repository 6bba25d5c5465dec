use crate::operations::rpm::file::rpm;

rpm! {
    /// Install or remove the package of an `.rpm` file, with dnf.
    ///
    /// The file is one on the host, or is downloaded by the host, once, with `curl` or `wget`. What it depends on
    /// is installed too. A downloaded file tells which package it holds, so one that was never downloaded cannot be
    /// removed by its address.
    ///
    /// ```rhai
    /// dnf.rpm("/opt/packages/agent.rpm");
    /// dnf.rpm("https://example.com/agent-1.2.noarch.rpm");
    /// ```
    "dnf.rpm", "dnf install -y", "dnf remove -y"
}
