use std::collections::HashMap;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};

use crate::fact::{split, unreadable};
use crate::{Args, Fact, Result, Scope, Shell};

/// All users by name, in the order of `/etc/passwd`.
///
/// Passwords are the hashes of `/etc/shadow`, empty where the account may not read it.
///
/// ```rhai
/// let app = host.fact("server.users")["root"];
/// host.log(`root's shell is ${app.shell}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.users")]
pub struct Users {}

/// One user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Home directory.
    pub home: Option<String>,
    /// Full name, or what else stands in the fifth field.
    pub comment: Option<String>,
    /// Login shell.
    pub shell: Option<String>,
    /// Name of the primary group.
    #[serde(deserialize_with = "or_empty")]
    pub group: String,
    /// Names of the further groups.
    pub groups: Vec<String>,
    /// User id.
    pub uid: Option<i64>,
    /// Id of the primary group.
    pub gid: Option<i64>,
    /// When the user last logged in, as `lastlog` prints it.
    pub lastlog: Option<String>,
    /// The same as `2026-01-31T10:00:00+00:00`.
    pub login_time: Option<String>,
    /// Password hash.
    pub password: Option<String>,
}

/// `tail` prints each file that can be read under a heading, so that one program is enough. `id` asks name services for
/// users that are in more groups than `/etc/group` says, so it is not needed here.
const COMMAND: &str = "tail -n +1 /etc/passwd /etc/group /etc/shadow /etc/master.passwd 2>/dev/null; \
    printf '\n==> lastlog <==\n'; if command -v lastlog >/dev/null 2>&1; then LC_ALL=C lastlog 2>/dev/null; \
    elif command -v lastlogin >/dev/null 2>&1; then LC_ALL=C lastlogin 2>/dev/null; fi; true";

impl Fact for Users {
    type Output = IndexMap<String, User>;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let files = sections(output);
        let lines = |name: &str| files.get(name).map(Vec::as_slice).unwrap_or_default();
        let groups = Memberships::read(lines("/etc/group"));
        let passwords: HashMap<&str, &str> = [lines("/etc/master.passwd"), lines("/etc/shadow")]
            .concat()
            .into_iter()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, rest)| (name, rest.split(':').next().unwrap_or_default()))
            .collect();
        let logins = lines("lastlog");
        let mut users = IndexMap::new();
        for line in lines("/etc/passwd").iter().filter(|line| !line.trim().is_empty()) {
            let [name, _, uid, gid, comment, home, shell] =
                split(line, ':').ok_or_else(|| unreadable(self, line))?;
            let group = groups.name_of(gid);
            let lastlog = last_login(name, logins);
            users.insert(
                name.to_owned(),
                User {
                    home: filled(home),
                    comment: filled(comment),
                    shell: filled(shell),
                    groups: groups.of(name).filter(|it| *it != group).map(str::to_owned).collect(),
                    group: group.to_owned(),
                    uid: uid.parse().ok(),
                    gid: gid.parse().ok(),
                    login_time: lastlog.as_deref().and_then(iso_time),
                    lastlog,
                    password: Some((*passwords.get(name).unwrap_or(&"")).to_owned()),
                },
            );
        }
        Ok(users)
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::ACCOUNTS,
            Scope::path("/etc/passwd"),
            Scope::path("/etc/group"),
            Scope::path("/etc/shadow"),
        ]
    }
}

/// A test may leave a user's group open.
fn or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The lines under each heading: `==> /etc/passwd <==`.
fn sections(output: &str) -> HashMap<&str, Vec<&str>> {
    let mut files: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut current = "";
    for line in output.lines() {
        match line.strip_prefix("==> ").and_then(|it| it.strip_suffix(" <==")) {
            Some(name) => current = name,
            None => files.entry(current).or_default().push(line),
        }
    }
    files
}

/// `/etc/group`: names by id, and who is in which.
struct Memberships<'a> {
    names: HashMap<&'a str, &'a str>,
    members: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Memberships<'a> {
    fn read(lines: &[&'a str]) -> Self {
        let mut groups = Self { names: HashMap::new(), members: Vec::new() };
        for line in lines {
            if let Some([name, _, gid, members]) = split(line, ':') {
                groups.names.entry(gid).or_insert(name);
                groups.members.push((name, members.split(',').collect()));
            }
        }
        groups
    }

    /// The name of a group id; the id itself where no group has it, as `id` prints it.
    fn name_of(&self, gid: &'a str) -> &'a str {
        self.names.get(gid).copied().unwrap_or(gid)
    }

    fn of(&self, user: &str) -> impl Iterator<Item = &'a str> {
        self.members.iter().filter(move |(_, who)| who.contains(&user)).map(|(name, _)| *name)
    }
}

/// `Sat Jan 31 10:00:00 +0000 2026` from the user's line, if the user ever logged in.
fn last_login(name: &str, lines: &[&str]) -> Option<String> {
    let line = lines.iter().find(|line| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with(char::is_whitespace))
    })?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let start = words.windows(2).position(|pair| {
        let [day, month] = pair else { return false };
        DAYS.contains(day) && MONTHS.contains(month)
    })?;
    Some(words.get(start..)?.join(" "))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-01-31T10:00:00+00:00` from `Sat Jan 31 10:00:00 +0000 2026`; `lastlogin` of FreeBSD prints no
/// offset.
fn iso_time(login: &str) -> Option<String> {
    let words: Vec<&str> = login.split(' ').collect();
    let (month, day, clock, offset, year) = match words.as_slice() {
        [_, month, day, clock, zone, year] => {
            let (hours, minutes) = (zone.get(..3)?, zone.get(3..5)?);
            (month, day, clock, format!("{hours}:{minutes}"), year)
        }
        [_, month, day, clock, year] => (month, day, clock, String::new(), year),
        _ => return None,
    };
    let month = MONTHS.iter().position(|it| it == month)? + 1;
    let day: u8 = day.parse().ok()?;
    Some(format!("{year}-{month:02}-{day:02}T{clock}{offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_account_files_in_one_pass() {
        let output = "==> /etc/passwd <==\nroot:x:0:0:root:/root:/bin/bash\napp:x:998:7::/srv/app:\n\
            \n==> /etc/group <==\nroot:x:0:\nlp:x:7:\nadm:x:4:app,root\n\
            \n==> /etc/shadow <==\nroot:*:19000:0:99999:7:::\napp:!\n\n==> lastlog <==\n\
            Username         Port     From             Latest\n\
            root             pts/0    10.0.0.1         Sat Jan 31 10:00:00 +0000 2026\n\
            app                                        **Never logged in**\n";
        let users = Users {}.parse(output).unwrap();
        assert_eq!(users["app"].groups, ["adm"]);
        assert_eq!(users["app"].group, "lp");
        assert_eq!(users["app"].shell, None);
        assert_eq!(users["app"].lastlog, None);
        assert_eq!(users["app"].password.as_deref(), Some("!"));
        assert_eq!(users["root"].password.as_deref(), Some("*"));
        assert_eq!(users["root"].lastlog.as_deref(), Some("Sat Jan 31 10:00:00 +0000 2026"));
        assert_eq!(users["root"].login_time.as_deref(), Some("2026-01-31T10:00:00+00:00"));
    }
}
