//! Whatever a host allows in names, lines and content survives: many made-up cases in two runs.
//!
//! The cases follow from a fixed seed, so a failure comes again. What a file must hold is compared by
//! checksum, on the host, by a script that knows nothing of the program.

use std::fmt::Write as _;

use infra_tests::{Outcome, Shown};
use serde_json::{Value, json};

use crate::Test;
use crate::bed::bed;

pub(crate) const TESTS: &[Test] =
    &[("anything: odd names, lines, content and modes survive", survives)];

/// What is something else to a shell, `sed`, `printf`, `find` or a terminal.
const ODD: &[&str] = &[
    " ", "'", "\"", "$(id)", "`id`", "$HOME", "\\", "\\n", "%s", "-n", "*", "?", "[a]", "{a,b}",
    "~", "#", "!", "&&", ";", "|", ">x", "<", "=", "é", "日本", "🦀", "\u{301}", "\t", "(", ")",
    "^", "$", ".*", ",", ":", "@", "%", "+",
];

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.roll(from.len());
        from.get(at).copied().unwrap_or_default()
    }

    /// Some odd pieces between plain ones.
    fn text(&mut self, pieces: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.roll(pieces) {
            if self.roll(3) == 0 {
                text.push_str("word");
            }
            text.push_str(self.pick(ODD));
        }
        text
    }

    /// A name for a file: also with line breaks, with a dash or a dot first, or very long.
    fn name(&mut self, number: usize) -> String {
        let text = self.text(4);
        match self.roll(8) {
            0 => format!("-{text}{number}"),
            1 => format!(".{text}{number}"),
            2 => format!("{text}\n{number}"),
            3 => format!("{number}{}", "n".repeat(200)),
            _ => format!("{text}{number}"),
        }
    }
}

/// One operation, and what is true after it.
struct Case {
    call: String,
    verify: String,
}

/// `text` as one word of a shell.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `text` as a literal of the script.
fn literal(text: &str) -> String {
    let mut code = String::from("\"");
    for it in text.chars() {
        match it {
            '"' | '\\' => code.extend(['\\', it]),
            '\n' => code.push_str("\\n"),
            '\t' => code.push_str("\\t"),
            it => code.push(it),
        }
    }
    code + "\""
}

/// A shell test that the file holds this.
fn holds(path: &str, content: &str) -> String {
    format!("printf %s {} | cmp -s - {}", word(content), word(path))
}

fn cases(dice: &mut Dice) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |call: String, verify: String| cases.push(Case { call, verify });
    for number in 0..24 {
        let path = format!("/srv/odd/{}", dice.name(number));
        let (text, other) = (dice.text(6), dice.text(6));
        let mode = ["600", "644", "4755", "1777", "0"][dice.roll(5)];
        let content = match dice.roll(4) {
            0 => String::new(),
            1 => format!("{text}\n{other}"),
            2 => text.repeat(2000),
            _ => format!("{text}\n"),
        };
        let at = literal(&path);
        let is_mode = format!("test \"$(stat -c %a {})\" = {mode}", word(&path));
        add(
            format!(
                "files.put(#{{ content: {}, dest: {at}, mode: \"{mode}\" }});",
                literal(&content)
            ),
            format!("{} && {is_mode}", holds(&path, &content)),
        );
        let path = format!("/srv/odd/l{}", dice.name(number));
        let at = literal(&path);
        let (line, next) = (format!("{text}~{number}"), format!("{other}~{number}"));
        add(
            format!("files.line({at}, {}, #{{ escape_regex_characters: true }});", literal(&line)),
            "true".to_owned(),
        );
        add(
            format!("files.line({at}, {}, #{{ escape_regex_characters: true }});", literal(&next)),
            "true".to_owned(),
        );
        add(
            format!("files.block({at}, {});", literal(&text)),
            holds(
                &path,
                &format!("{line}\n{next}\n# BEGIN PYINFRA BLOCK\n{text}\n# END PYINFRA BLOCK\n"),
            ),
        );
        let path = format!("/srv/odd/t{}", dice.name(number));
        add(
            format!(
                "files.template(\"any.j2\", {}, #{{ value: {} }});",
                literal(&path),
                literal(&text)
            ),
            holds(&path, &format!("<{text}>")),
        );
        let folder = format!("/srv/odd/d{}", dice.name(number));
        let (inner, target) = (format!("{folder}/{number}"), dice.text(5));
        add(
            format!("files.directory({});", literal(&folder)),
            format!("test -d {}", word(&folder)),
        );
        add(format!("files.file({});", literal(&inner)), format!("test -f {}", word(&inner)));
        let link = format!("{folder}/l");
        add(
            format!("files.link({}, {});", literal(&link), literal(&target)),
            format!(
                "test \"$(readlink {}; echo x)\" = {}",
                word(&link),
                word(&format!("{target}\nx"))
            ),
        );
        let copy = format!("{folder}/{}", path.rsplit('/').next().unwrap_or_default());
        add(
            format!("files.copy({}, {});", literal(&path), literal(&folder)),
            holds(&copy, &format!("<{text}>")),
        );
        let printed = format!("{folder}/printed");
        let command = format!("printf %s {} >{}", word(&text), word(&printed));
        add(
            format!("server.shell({}, #{{ _creates: {} }});", literal(&command), literal(&printed)),
            holds(&printed, &text),
        );
    }
    cases
}

fn survives() -> Outcome {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let cases = cases(&mut dice);
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project_as("root", &json!({}));
    host.sure("the folder", "rm -rf /srv/odd /srv/sync; mkdir -p /srv/odd")?;
    project.file("any.j2", "<{{ value }}>");
    let mut verify = String::from("cd /\n");
    let mut script = String::new();
    for (number, case) in cases.iter().enumerate() {
        let _ = writeln!(script, "{}", case.call);
        let _ = writeln!(verify, "{{ {}; }} || echo failed {number}", case.verify);
    }
    for number in 0..12 {
        let name = dice.name(number);
        let content = [&b"\xff\x00\xfe"[..], dice.text(5).as_bytes()].concat();
        project.file(&format!("tree/{}/{name}", dice.name(number).replace('\n', "")), content);
    }
    script.push_str("files.sync(\"tree\", \"/srv/sync\", #{ delete: true });\n");
    project.file("deploy.rhai", script);
    let apply = || project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    let first = apply();
    let told = host.sure("what is there", &verify)?;
    let failed: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("failed ")?.parse::<usize>().ok())
        .filter_map(|number| cases.get(number))
        .map(|case| case.call.as_str())
        .collect();
    if first.code != 0 || !failed.is_empty() {
        return Err(format!("did not survive:\n{}\n{}", failed.join("\n"), unsuccessful(&first)?));
    }
    let second = apply();
    let again: Vec<Value> =
        second.events()?.into_iter().filter(|it| it["status"] == "changed").collect();
    if second.code != 0 || !again.is_empty() {
        return Err(format!("not the same again: {again:#?}\n{}", unsuccessful(&second)?));
    }
    same_tree(host, &project)
}

/// What went wrong in a run.
fn unsuccessful(shown: &Shown) -> Outcome<String> {
    let fine = ["changed", "ok", "skipped", "not-run"];
    let events = shown.events()?;
    let odd = events.iter().filter(|it| match it["event"].as_str() {
        Some("result") => !fine.contains(&it["status"].as_str().unwrap_or_default()),
        Some("problem" | "unreachable") => true,
        _ => false,
    });
    Ok(odd.map(ToString::to_string).collect::<Vec<_>>().join("\n") + "\n" + shown.stderr.as_str())
}

/// That the synced directory is the local one: the same sum over names and content.
fn same_tree(host: &crate::bed::BedHost, project: &infra_tests::Project) -> Outcome {
    let sum = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | sha1sum; \
        find . -print0 | LC_ALL=C sort -z | sha1sum";
    let there = host.sure("the sum", &format!("cd /srv/sync; {sum}"))?;
    let here = std::process::Command::new("sh")
        .args(["-c", sum])
        .current_dir(project.folder().join("tree"))
        .output()
        .map_err(|error| error.to_string())?;
    crate::accounts::same("the synced directory", &there, &String::from_utf8_lossy(&here.stdout))
}
