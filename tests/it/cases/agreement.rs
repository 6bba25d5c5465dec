//! However a deploy is run, it leaves the same: on one host, where operations are owed and travel together; on two in step,
//! `--serial` and `--no-wait`; from a saved plan; and with a run for each operation, where nothing is known from the one
//! before. And what the plan was sure of has come true.
//!
//! The deploys are made by chance, from a seed that a failure names. To run one alone, or many:
//!
//!     INFRA_AGREEMENT=17 cargo test --package infra-tests --test cases -- agreement
//!     INFRA_AGREEMENT=1000-1400 cargo test --package infra-tests --test cases -- agreement

mod random;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::RangeInclusive;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use infra_tests::{Outcome, Project, Shown};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::trial;
use random::Random;

/// The deploys that are tried each time.
const SEEDS: RangeInclusive<u64> = 1..=20;

/// Of the deploys of a test one follows the other; tests run beside each other.
const TESTS: u64 = 4;

/// Only root can give files away.
static IS_ROOT: LazyLock<bool> = LazyLock::new(|| {
    Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout.trim_ascii() == b"0")
});

pub(crate) fn trials() -> Vec<Trial> {
    let seeds = seeds();
    let of_test = |test: u64| {
        let seeds = seeds.clone();
        let check = move || seeds.filter(|it| it % TESTS == test).try_for_each(agrees);
        trial(format!("agreement/however a deploy is run, it leaves the same: {test}"), check)
    };
    (0..TESTS).map(of_test).collect()
}

fn seeds() -> RangeInclusive<u64> {
    let Ok(asked) = std::env::var("INFRA_AGREEMENT") else { return SEEDS };
    let (first, last) = asked.split_once('-').unwrap_or((&asked, &asked));
    let number = |it: &str| it.parse().expect("INFRA_AGREEMENT is a number, or two: 17, 1000-1400");
    number(first)..=number(last)
}

/// What the folders of the hosts hold: mode, owner and content by path.
type Tree = BTreeMap<String, String>;

/// How a run ended, and what it left on each of its hosts.
struct Run {
    shown: Shown,
    trees: Vec<Tree>,
}

/// The deploy of a seed.
struct Deploy {
    project: Project,
    seed: u64,
    operations: Vec<String>,
}

fn agrees(seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let operations: Vec<String> =
        (0..random.below(4) + 3).map(|_| random.statement(*IS_ROOT)).collect();
    let deploy = Deploy { project: Project::new(), seed, operations };
    deploy.check().map_err(|fault| {
        let script = deploy.operations.join("\n");
        format!("{fault}\n\nINFRA_AGREEMENT={seed} tries it alone:\n\n{script}\n")
    })
}

impl Deploy {
    fn check(&self) -> Outcome {
        self.write("deploy.rhai", &self.operations);
        let together = self.run(&["together"], &["deploy.rhai", "-y", "--json"]);
        if !matches!(together.shown.code, 0 | 1) {
            return Err(format!("no deploy: {}", together.shown.text()));
        }
        came_true(&together.shown)?;
        let pairs: [(&str, [&str; 2], &[&str]); 3] = [
            ("in step", ["step-1", "step-2"], &["deploy.rhai", "-y"]),
            ("with --no-wait", ["ahead-1", "ahead-2"], &["deploy.rhai", "-y", "--no-wait"]),
            ("with --serial", ["serial-1", "serial-2"], &["deploy.rhai", "-y", "--serial"]),
        ];
        for (how, hosts, words) in pairs {
            alike(how, &together, &self.run(&hosts, words))?;
        }
        // A failure that a script catches ends what is run one by one, and a plan may foresee one.
        if together.shown.code == 0 {
            alike("one by one", &together, &self.one_by_one())?;
            alike("from a saved plan", &together, &self.planned())?;
        }
        Ok(())
    }

    /// Plans, saves the plan, and applies it.
    fn planned(&self) -> Run {
        let hosts = ["planned"];
        let planned = self.run(&hosts, &["deploy.rhai", "--plan-out", "saved-plan"]);
        if planned.shown.code != 0 {
            return planned;
        }
        let shown = self.project.run(["apply", "saved-plan", "-y"]);
        Run { shown, trees: self.trees(&hosts) }
    }

    /// Runs each operation alone, until one fails.
    fn one_by_one(&self) -> Run {
        let hosts = ["alone"];
        self.prepare(&hosts);
        let mut last = None;
        for operation in &self.operations {
            self.write("one.rhai", std::slice::from_ref(operation));
            let shown = self.project.run(["@ansible/alone.ini", "one.rhai", "-y"]);
            let failed = shown.code != 0;
            last = Some(shown);
            if failed {
                break;
            }
        }
        Run { shown: last.expect("a deploy has operations"), trees: self.trees(&hosts) }
    }

    /// Runs the program on fresh hosts.
    fn run(&self, hosts: &[&str], words: &[&str]) -> Run {
        let inventory = self.prepare(hosts);
        let words = [inventory.as_str()].into_iter().chain(words.iter().copied());
        let shown = self.project.run(words);
        Run { shown, trees: self.trees(hosts) }
    }

    fn write(&self, name: &str, operations: &[String]) {
        self.project.file(name, format!("let R = host.data.root;\n{}\n", operations.join("\n")));
    }

    /// Makes the folders of hosts, which begin alike, and the project's files. Returns the inventory's name.
    fn prepare(&self, hosts: &[&str]) -> String {
        let mut inventory = "[all]\n".to_owned();
        for host in hosts {
            let root = self.project.folder().join(host);
            let mut random = Random::new(self.seed);
            for path in ["a", "b", "d/x", "e/z"] {
                let content = random.of(&["", "one\n", "two\nthree", "one\ntwo\n"]);
                let path = self.project.file(&format!("{host}/{path}"), content);
                let mode = *random.of(&[0o644, 0o600, 0o755]);
                let permissions = fs::Permissions::from_mode(mode);
                fs::set_permissions(path, permissions).expect("a file's mode can be set");
            }
            let targets = [Path::new("d"), Path::new("e"), Path::new("./d"), &root.join("d")];
            symlink(random.of(&targets), root.join("l")).expect("a link can be made");
            let root = root.display();
            let _ = writeln!(inventory, "{host} ansible_connection=local root={root}");
        }
        self.project.file("one.txt", "one\n");
        self.project.file("two.txt", "two\nx\n");
        self.project.file("word.j2", "one {{ word }}\n");
        self.project.file("tree/x", "sent\n");
        self.project.file("tree/s/y", "two\n");
        let name = format!("{}.ini", hosts.first().expect("a run has hosts"));
        self.project.file(&name, inventory);
        format!("@ansible/{name}")
    }

    fn trees(&self, hosts: &[&str]) -> Vec<Tree> {
        hosts.iter().map(|host| tree(&self.project.folder().join(host))).collect()
    }
}

/// What the plan was sure of is what happened, but for what ran several times: a result does not say which of them it is.
fn came_true(shown: &Shown) -> Outcome {
    let mut planned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut happened: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in shown.events()? {
        let text =
            |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        match text("event").as_str() {
            "plan" => planned.entry(text("at")).or_default().push(text("change")),
            "result" => happened.entry(text("at")).or_default().push(text("status")),
            _ => {}
        }
    }
    for (at, happened) in &happened {
        let planned = planned.get(at).map(Vec::as_slice).unwrap_or_default();
        if let ([planned], [happened]) = (planned, happened.as_slice())
            && let ("none", "changed" | "failed") | ("change", "ok") | ("fail", "ok" | "changed") =
                (planned.as_str(), happened.as_str())
        {
            return Err(format!("{at}: planned as {planned}, but {happened}\n{}", shown.text()));
        }
    }
    Ok(())
}

/// The run ended as the one on a single host did, and left the same. Where that failed, hosts that were behind did not get
/// as far.
fn alike(how: &str, together: &Run, other: &Run) -> Outcome {
    let (one, all) = (&together.shown, &other.shown);
    let failed = one.code != 0;
    let reached = if failed { 1 } else { other.trees.len() };
    let expected = together.trees.first();
    let is_same = other.trees.iter().take(reached).all(|it| Some(it) == expected);
    if failed == (all.code != 0) && is_same {
        return Ok(());
    }
    Err(format!(
        "on one host, and {how}:\n{:#?}\n{:#?}\n{}\n{}",
        together.trees,
        other.trees,
        one.text(),
        all.text()
    ))
}

fn tree(root: &Path) -> Tree {
    let mut tree = Tree::new();
    look(root, root, &mut tree);
    tree
}

fn look(root: &Path, folder: &Path, tree: &mut Tree) {
    let placeless = |path: &Path| path.to_string_lossy().replace(&*root.to_string_lossy(), "ROOT");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let about = path.symlink_metadata().expect("what is in a folder can be looked at");
        let content = if about.is_symlink() {
            format!("leads to {}", placeless(&fs::read_link(&path).unwrap_or_default()))
        } else if about.is_dir() {
            look(root, &path, tree);
            "a directory".to_owned()
        } else {
            fs::read_to_string(&path).unwrap_or_else(|error| error.to_string())
        };
        let owner = (about.uid(), about.gid());
        tree.insert(placeless(&path), format!("{:o} {owner:?} {content}", about.mode()));
    }
}
