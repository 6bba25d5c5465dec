use crate::operations::rpm::file::rpm;

rpm! {
    /// Install or remove the package of an `.rpm` file, with zypper.
    ///
    /// The file is one on the host, or is downloaded by the host, once, with `curl` or `wget`. What it depends on
    /// is installed too. A downloaded file tells which package it holds, so one that was never downloaded cannot be
    /// removed by its address.
    ///
    /// ```rhai
    /// zypper.rpm("/opt/packages/agent.rpm");
    /// zypper.rpm("https://example.com/agent-1.2.noarch.rpm");
    /// ```
    "zypper.rpm", "zypper --non-interactive install -y --allow-unsigned-rpm --oldpackage", "zypper --non-interactive remove -y"
}
