//! Deploys as data: applied, then applied again with nothing left to do.
//!
//! ```` ```rhai ```` is the deploy, `` ```file PATH `` a file of the project, ```` ```prepare ```` a shell script that runs
//! on the host before, as root, and ```` ```verify ```` one that must succeed after. `kind: full` wants systemd,
//! `kind: small` a host with nothing but busybox, `account: ops` another login than root's, `always: LABEL; LABEL` names
//! operations that run every time, `changes: no` a deploy that only looks, and `covers: OPERATION; OPERATION` what else a
//! case is a case of.

use infra_engine::operations;
use infra_tests::{Case, Outcome, Shown};
use serde_json::{Value, json};

use crate::bed::bed;

/// Operations that no host of the bed can run, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("apk.packages", "needs Alpine Linux"),
    ("apk.update", "needs Alpine Linux"),
    ("apk.upgrade", "needs Alpine Linux"),
    ("apt.ppa", "needs launchpad.net"),
    ("brew.cask_upgrade", "needs Homebrew"),
    ("brew.casks", "needs Homebrew"),
    ("brew.packages", "needs Homebrew"),
    ("brew.tap", "needs Homebrew"),
    ("brew.trust", "needs Homebrew"),
    ("brew.update", "needs Homebrew"),
    ("brew.upgrade", "needs Homebrew"),
    ("bsdinit.service", "needs a BSD"),
    ("cargo.packages", "needs cargo and crates.io"),
    ("choco.install", "needs Windows"),
    ("choco.packages", "needs Windows"),
    ("dnf.key", "is zypper.key, which is in the case of zypper.packages"),
    ("dnf.module", "needs a repository with modules"),
    ("dnf.repo", "is in the case of dnf.packages"),
    ("dnf.rpm", "is in the case of dnf.packages"),
    ("dnf.update", "is in the case of dnf.packages"),
    ("docker.build", "needs Docker's engine"),
    ("docker.compose", "needs Docker's engine"),
    ("docker.container_exec", "needs Docker's engine"),
    ("docker.image", "needs Docker's engine"),
    ("docker.logout", "needs Docker's engine"),
    ("docker.plugin", "needs Docker's engine"),
    ("docker.prune", "needs Docker's engine"),
    ("files.flags", "needs a BSD or macOS"),
    ("flatpak.packages", "needs a remote with applications"),
    ("freebsd.freebsd_update.update", "needs FreeBSD"),
    ("freebsd.pkg.autoremove", "needs FreeBSD"),
    ("freebsd.pkg.clean", "needs FreeBSD"),
    ("freebsd.pkg.install", "needs FreeBSD"),
    ("freebsd.pkg.remove", "needs FreeBSD"),
    ("freebsd.pkg.update", "needs FreeBSD"),
    ("freebsd.pkg.upgrade", "needs FreeBSD"),
    ("freebsd.service.service", "needs FreeBSD"),
    ("freebsd.sysrc.sysrc", "needs FreeBSD"),
    ("go.packages", "needs go and its proxy"),
    ("launchd.service", "needs macOS"),
    ("lxd.container", "needs LXD"),
    ("npm.packages", "npm comes with 400 packages on Debian"),
    ("openrc.service", "needs OpenRC"),
    ("opkg.packages", "needs OpenWrt"),
    ("opkg.update", "needs OpenWrt"),
    ("pacman.update", "is in the case of pacman.packages"),
    ("pacman.upgrade", "is in the case of pacman.packages"),
    ("pipx.ensure_path", "is in the case of pipx.packages"),
    ("pipx.upgrade_all", "is in the case of pipx.packages"),
    ("pkg.packages", "needs a BSD"),
    ("pkgin.packages", "needs pkgsrc"),
    ("pkgin.update", "needs pkgsrc"),
    ("pkgin.upgrade", "needs pkgsrc"),
    ("puppet.agent", "needs a Puppet server"),
    ("runit.auto", "needs runit"),
    ("runit.manage", "needs runit"),
    ("runit.service", "needs runit"),
    ("runit.wait_runsv", "needs runit"),
    ("selinux.boolean", "needs a kernel with SELinux"),
    ("selinux.file_context", "needs a kernel with SELinux"),
    ("selinux.file_context_mapping", "needs a kernel with SELinux"),
    ("selinux.port", "needs a kernel with SELinux"),
    ("server.modprobe", "would change the kernel of the machine that carries the hosts"),
    ("snap.package", "needs the Snap Store"),
    ("upstart.service", "needs Upstart"),
    ("uv.packages", "Debian has no uv"),
    ("uv.pythons", "Debian has no uv"),
    ("uv.tools", "Debian has no uv"),
    ("uv.tools_update_shell", "Debian has no uv"),
    ("uv.tools_upgrade_all", "Debian has no uv"),
    ("uv.venv", "Debian has no uv"),
    ("vzctl.create", "needs OpenVZ"),
    ("vzctl.delete", "needs OpenVZ"),
    ("vzctl.mount", "needs OpenVZ"),
    ("vzctl.restart", "needs OpenVZ"),
    ("vzctl.set", "needs OpenVZ"),
    ("vzctl.start", "needs OpenVZ"),
    ("vzctl.stop", "needs OpenVZ"),
    ("vzctl.unmount", "needs OpenVZ"),
    ("xbps.packages", "needs Void Linux"),
    ("xbps.update", "needs Void Linux"),
    ("xbps.upgrade", "needs Void Linux"),
    ("yum.key", "Debian has dnf only, which yum is nowadays"),
    ("yum.packages", "Debian has dnf only, which yum is nowadays"),
    ("yum.repo", "Debian has dnf only, which yum is nowadays"),
    ("yum.rpm", "Debian has dnf only, which yum is nowadays"),
    ("yum.update", "Debian has dnf only, which yum is nowadays"),
    ("zfs.dataset", "needs ZFS in the kernel"),
    ("zfs.filesystem", "needs ZFS in the kernel"),
    ("zfs.snapshot", "needs ZFS in the kernel"),
    ("zfs.volume", "needs ZFS in the kernel"),
    ("zypper.key", "is in the case of zypper.packages"),
    ("zypper.repo", "is in the case of zypper.packages"),
    ("zypper.rpm", "is in the case of zypper.packages"),
    ("zypper.update", "is in the case of zypper.packages"),
];

/// That each operation has a case, or a reason for having none.
pub(crate) fn complete(names: &[String]) -> Outcome {
    let has_case = |name: &str| names.iter().any(|it| it == name);
    let is_elsewhere = |name: &str| ELSEWHERE.iter().any(|(it, _)| *it == name);
    let lacking: Vec<_> = operations::all()
        .map(|def| def.name)
        .filter(|name| has_case(name) == is_elsewhere(name))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(format!("no case and no reason, or both: {}", lacking.join(", ")))
}

pub(crate) fn check(case: &Case) -> Outcome {
    case.only(
        &["rhai", "file", "prepare", "verify"],
        &["kind", "account", "always", "changes", "covers"],
    )?;
    let taken = bed().take(case.note("kind").unwrap_or("light"), 1);
    let host = taken.one();
    let project = taken.project_as(case.note("account").unwrap_or("root"), &json!({}));
    for file in case.blocks.iter().filter(|block| block.kind == "file") {
        project.file(&file.name, &file.text);
    }
    project.file("deploy.rhai", case.required("rhai")?);
    if let Some(prepare) = case.block("prepare") {
        host.sure("```prepare", &prepare.text)?;
    }
    let apply = || project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json", "--diff"]);
    let first = apply();
    first_run(case, &first).map_err(|why| format!("first run: {why}\n{}", first.text()))?;
    let second = apply();
    second_run(case, &second).map_err(|why| format!("second run: {why}\n{}", second.text()))?;
    host.sure("```verify", case.required("verify")?)?;
    Ok(())
}

/// One operation's end.
struct Ended {
    label: String,
    place: String,
    status: String,
}

fn ended(shown: &Shown, event: &str, status: &str) -> Outcome<Vec<Ended>> {
    let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let events = shown.events()?;
    let ended = events.iter().filter(|it| it["event"] == event).map(|it| Ended {
        label: word(it, "operation"),
        place: word(it, "at"),
        status: word(it, status),
    });
    Ok(ended.collect())
}

fn first_run(case: &Case, shown: &Shown) -> Outcome {
    let results = ended(shown, "result", "status")?;
    done(shown, &results)?;
    let has_changes = results.iter().any(|it| it.status == "changed");
    if has_changes == (case.note("changes") == Some("no")) {
        return Err(format!("changes: {has_changes}"));
    }
    // A plan that promises no change is kept. One place may be passed several times.
    let plan = ended(shown, "plan", "change")?;
    for result in results.iter().filter(|it| it.status == "changed") {
        let mut planned = plan.iter().filter(|it| it.place == result.place).peekable();
        if planned.peek().is_some() && planned.all(|it| it.status == "none") {
            return Err(format!("the plan said that `{}` changes nothing", result.label));
        }
    }
    Ok(())
}

fn second_run(case: &Case, shown: &Shown) -> Outcome {
    let results = ended(shown, "result", "status")?;
    done(shown, &results)?;
    let always: Vec<&str> = case.note("always").unwrap_or_default().split("; ").collect();
    let is_done = |it: &&Ended| {
        ["ok", "skipped"].contains(&it.status.as_str()) || always.contains(&it.label.as_str())
    };
    match results.iter().find(|it| !is_done(it)) {
        Some(again) => Err(format!("`{}` is {} again", again.label, again.status)),
        None => Ok(()),
    }
}

fn done(shown: &Shown, results: &[Ended]) -> Outcome {
    let is_fine = |it: &&Ended| ["changed", "ok", "skipped"].contains(&it.status.as_str());
    match results.iter().find(|it| !is_fine(it)) {
        Some(bad) => Err(format!("`{}` is {}", bad.label, bad.status)),
        None if shown.code != 0 => Err(format!("exit code {}", shown.code)),
        None if results.is_empty() => Err("nothing ran".to_owned()),
        None => Ok(()),
    }
}
