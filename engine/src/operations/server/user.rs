use indexmap::IndexMap;

use super::account_tools::{AccountTools, require};
use super::paths::{Owned, belongs_to_system, shown_owner, tree_and_above};
use super::user_authorized_keys::UserAuthorizedKeys;
use crate::args::{OneOrMany, Scalar};
use crate::command::Secret;
use crate::facts::files::{Directory, Entry, EntryKind, Found};
use crate::facts::server::{self, Groups, Home, Kernel, Os, Users, Which};
use crate::operations::files::Predict;
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell};

/// Add, change or remove a user, with groups, home directory and the keys to log in with.
///
/// What is not given stays as it is. `groups` names all further groups of the user, unless `append`
/// says that those of now are kept. A new user is put into the group of the same name, which is
/// created if it does not exist.
///
/// Unless `ensure_home` is false, the home directory is created and given to the user. `create_home`
/// fills that of a new user from the host's skeleton directory. Another `home` for a user that exists
/// is noted in the account; the files stay where they are. Where `home` is not given and the account's
/// is a directory of the system, such as `/usr/sbin` or `/nonexistent`, it is left alone.
///
/// `password` is a hash as `openssl passwd -6` prints it. It reaches the host over standard input, so
/// that no other account can read it.
///
/// Removing a user keeps the home directory.
///
/// ```rhai
/// server.user("app", #{ home: "/srv/app", shell: "/usr/sbin/nologin", system: true });
/// server.user("kim", #{ groups: ["sudo", "docker"], append: true, public_keys: ["keys/kim.pub"] });
/// server.user("root", #{ password: secret_env("ROOT_PASSWORD_HASH") });
/// server.user("robin", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("server.user")]
#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "the arguments have the names and kinds that scripts know"
)]
pub(crate) struct User {
    /// Name of the user.
    user: String,

    /// Whether the user should exist.
    #[arg(default = true)]
    present: bool,

    /// Home directory. Default: that of the account, for a new user `/home/NAME`.
    home: Option<String>,

    /// Login shell. Default: that of the account, for a new user the host's default.
    shell: Option<String>,

    /// Primary group. Default: that of the account, for a new user the group of the same name.
    group: Option<String>,

    /// Further groups. Default: those of the account.
    groups: Option<OneOrMany<String>>,

    /// Keep the further groups that are not in `groups`.
    #[arg(default = false)]
    append: bool,

    /// Public keys to log in with: each the line of a key, or the path of a local file with such lines.
    public_keys: Option<OneOrMany<String>>,

    /// Remove all other keys.
    #[arg(default = false)]
    delete_keys: bool,

    /// Create the home directory and give it to the user.
    #[arg(default = true)]
    ensure_home: bool,

    /// Fill the home directory of a new user from the host's skeleton directory.
    #[arg(default = false)]
    create_home: bool,

    /// Make a new user a system account. BSD has none.
    #[arg(default = false)]
    system: bool,

    /// User id. Default: that of the account, for a new user the next free one.
    uid: Option<Scalar>,

    /// Full name, or what else the account's comment should be.
    comment: Option<String>,

    /// Refuse a user id that another user has.
    #[arg(default = true)]
    unique: bool,

    /// Password hash. Default: that of the account; a new user has no password.
    password: Option<Secret>,
}

/// The host's accounts as they are.
struct Accounts<'a> {
    os: Option<&'a str>,
    tools: AccountTools,
    users: &'a IndexMap<String, server::User>,
    groups: &'a [String],
}

impl Operation for User {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.ask_early(host);
        let (users, groups) = (host.fact(&Users {})?, host.fact(&Groups {})?);
        let os = host.fact(&Os {})?;
        let tools = AccountTools::of(os.as_deref());
        let all = Accounts { os: os.as_deref(), tools, users: &users, groups: &groups };
        let todo = match (self.present, users.get(&self.user)) {
            (false, None) => Commands::default(),
            (false, Some(_)) => self.remove(host, &all)?,
            (true, None) => self.add(host, &all)?,
            (true, Some(now)) => self.change(host, &all, now)?,
        };
        if todo.is_empty() {
            let state = if self.present { "is as it should be" } else { "does not exist" };
            return Ok(Commands::none(format!("user {} {state}", self.user)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let files =
            self.present && (self.ensure_home || self.create_home || self.public_keys.is_some());
        let paths = match self.home() {
            _ if !files => Vec::new(),
            Some(home) => tree_and_above(home),
            // Only the host knows where it is.
            None => vec![Scope::tree("/")],
        };
        let accounts = ["/etc/passwd", "/etc/group", "/etc/shadow"].map(Scope::path);
        [Scope::ACCOUNTS].into_iter().chain(accounts).chain(paths).collect()
    }
}

impl User {
    /// Sends all that may have to be asked with the first question.
    fn ask_early(&self, host: &Host<'_>) {
        host.want(&Users {});
        host.want(&Groups {});
        host.want(&Kernel {});
        if !self.present {
            host.want(&Which::program("userdel"));
            return;
        }
        host.want(&Which::program("useradd"));
        host.want(&Which::program("usermod"));
        let home = self.home().map_or_else(|| self.usual_home(), str::to_owned);
        if self.ensure_home && !home.is_empty() {
            host.want(&Entry { path: home.clone() });
        }
        if self.public_keys.is_some() {
            let path = format!("{home}/.ssh/authorized_keys");
            host.want(&Entry { path: format!("{home}/.ssh") });
            host.want(&Entry { path: path.clone() });
            host.want(&server::AuthorizedKeys { user: self.user.clone(), path: Some(path) });
        }
    }

    fn remove(&self, host: &Host<'_>, all: &Accounts<'_>) -> Result<Commands> {
        require(host, all.os, "userdel")?;
        let mut todo = Commands::from(all.tools.remove_user(&self.user));
        todo.attribute(self.label(), "present", "yes", "no");
        let mut users = all.users.clone();
        users.shift_remove(&self.user);
        // The group of the same name goes too, unless it has other members.
        let in_use =
            users.values().any(|it| it.group == self.user || it.groups.contains(&self.user));
        let groups = all.groups.iter().filter(|it| in_use || **it != self.user).cloned().collect();
        todo.then(&Users {}, users);
        todo.then(&Groups {}, groups);
        todo.then(&Home { user: Some(self.user.clone()) }, None);
        Ok(todo)
    }

    fn add(&self, host: &Host<'_>, all: &Accounts<'_>) -> Result<Commands> {
        require(host, all.os, "useradd")?;
        let home = self.home().map_or_else(|| self.usual_home(), str::to_owned);
        // A group of that name that exists would make the program fail instead of taking it.
        let own = all.groups.contains(&self.user).then_some(self.user.as_str());
        let group = self.group.as_deref().or(own);
        let mut flags = Shell::new();
        flags
            .opt("-d", Some(&home).filter(|it| !it.is_empty()))
            .opt("-s", self.shell.as_ref())
            .opt("-g", group)
            .opt("-G", self.further_groups().map(|it| it.join(",")))
            .flag("-r", self.system && all.tools.knows_system_accounts())
            .opt("-u", self.uid.as_ref().map(|it| &it.0))
            .opt("-c", self.comment.as_ref())
            .flag("-o", !self.unique)
            .flag("-m", self.create_home)
            .flag("-M", !self.create_home && all.tools == AccountTools::Shadow);
        let mut todo = Commands::from(all.tools.add_user(&flags, &self.user));
        todo.attribute(self.label(), "present", "no", "yes");
        if let Some(hash) = &self.password {
            all.tools.set_password(&mut todo, &self.user, hash)?;
        }
        let after = self.new_account(&home, group, all);
        if group.is_none() {
            todo.then(&Groups {}, all.groups.iter().cloned().chain([self.user.clone()]).collect());
        }
        self.state(&mut todo, all, after);
        let owned = self.owned(group, all);
        // The program has filled a home directory that was not there, and given it away.
        let filled = self.create_home && *host.fact(&Directory::at(&home))? == Found::Absent;
        if filled {
            todo.attribute(&home, "present", "no", "yes");
            todo.will_be(&home, EntryKind::Directory, owned.info());
        } else if self.ensure_home && !home.is_empty() {
            todo.extend(owned.directory(host, &home)?);
        }
        self.add_keys(&mut todo, host, &home)?;
        Ok(todo)
    }

    fn change(&self, host: &Host<'_>, all: &Accounts<'_>, now: &server::User) -> Result<Commands> {
        let mut flags = Shell::new();
        let mut after = now.clone();
        let mut todo = Commands::default();
        let mut note = |name: &str, before: Option<&str>, after: &str| {
            todo.attribute(self.label(), name, before.unwrap_or_default(), after);
        };
        for (name, flag, wanted, field) in [
            ("home", "-d", self.home(), &mut after.home),
            ("shell", "-s", filled(self.shell.as_ref()), &mut after.shell),
            ("comment", "-c", filled(self.comment.as_ref()), &mut after.comment),
        ] {
            if let Some(wanted) = wanted.filter(|it| field.as_deref() != Some(*it)) {
                flags.opt(flag, Some(wanted));
                note(name, field.as_deref(), wanted);
                *field = Some(wanted.to_owned());
            }
        }
        if let Some(group) = self.group.as_deref().filter(|it| !is_group(now, it)) {
            flags.opt("-g", Some(group));
            note("group", Some(&now.group), group);
            group.clone_into(&mut after.group);
        }
        if let Some(wanted) = self.further_groups().filter(|it| self.differs(it, now)) {
            all.tools.groups(&mut flags, &now.groups, wanted, self.append);
            after.groups = self.groups_after(&after, wanted);
            note("groups", Some(&now.groups.join(",")), &after.groups.join(","));
        }
        if let (Some(wanted), Some(uid)) =
            (self.wanted_uid(), now.uid.filter(|_| self.uid.is_some()))
            && wanted != uid
        {
            flags.opt("-u", Some(wanted)).flag("-o", !self.unique);
            note("uid", Some(&uid.to_string()), &wanted.to_string());
            after.uid = Some(wanted);
        }
        let password =
            self.password.as_ref().filter(|it| now.password.as_deref() != Some(it.reveal()));
        if password.is_some() {
            note("password", Some("***"), "***");
            after.password = password.map(|it| it.reveal().to_owned());
        }
        if !flags.is_empty() || password.is_some() {
            require(host, all.os, "usermod")?;
            self.state(&mut todo, all, after.clone());
        }
        if !flags.is_empty() {
            todo.run(all.tools.change_user(&flags, &self.user));
        }
        if let Some(hash) = password {
            all.tools.set_password(&mut todo, &self.user, hash)?;
        }
        let home = after.home.unwrap_or_else(|| self.usual_home());
        let group = Some(after.group.as_str()).filter(|it| !it.is_empty());
        if self.ensure_home && (self.home().is_some() || !belongs_to_system(&home)) {
            let owned = self.owned(group.or(Some(&self.user)), all);
            todo.extend(owned.directory(host, &home)?);
        }
        self.add_keys(&mut todo, host, &home)?;
        Ok(todo)
    }

    fn add_keys(&self, todo: &mut Commands, host: &Host<'_>, home: &str) -> Result<()> {
        let Some(keys) = &self.public_keys else { return Ok(()) };
        let keys = UserAuthorizedKeys {
            user: self.user.clone(),
            public_keys: keys.clone(),
            group: self.group.clone(),
            delete_keys: self.delete_keys,
            authorized_key_directory: Some(format!("{}/.ssh", home.trim_end_matches('/'))),
            authorized_key_filename: None,
        };
        todo.extend(keys.plan(host)?);
        Ok(())
    }

    /// The account that a new user will have, as far as it is known.
    fn new_account(&self, home: &str, group: Option<&str>, all: &Accounts<'_>) -> server::User {
        let primary = group.unwrap_or(&self.user);
        let mut groups = self.further_groups().unwrap_or_default().to_vec();
        groups.retain(|it| it != primary);
        groups.sort_by_key(|group| all.groups.iter().position(|it| it == group));
        server::User {
            home: Some(home.to_owned()).filter(|it| !it.is_empty()),
            comment: self.comment.clone(),
            shell: self.shell.clone(),
            group: primary.to_owned(),
            groups,
            uid: self.wanted_uid(),
            password: Some(self.password.as_ref().map_or("!", Secret::reveal).to_owned()),
            ..server::User::default()
        }
    }

    /// States what the facts about accounts will be.
    fn state(&self, todo: &mut Commands, all: &Accounts<'_>, after: server::User) {
        todo.then(&Home { user: Some(self.user.clone()) }, after.home.clone());
        let mut users = all.users.clone();
        users.insert(self.user.clone(), after);
        todo.then(&Users {}, users);
    }

    /// Whose the home directory should be.
    fn owned<'a>(&'a self, group: Option<&'a str>, all: &Accounts<'a>) -> Owned<'a> {
        let shown = shown_owner(all.users, &self.user);
        Owned { user: &self.user, shown, group, exact: self.group.is_some(), mode: None }
    }

    fn label(&self) -> String {
        format!("user {}", self.user)
    }

    fn home(&self) -> Option<&str> {
        filled(self.home.as_ref())
    }

    fn usual_home(&self) -> String {
        // Given, but empty: the account is to have none.
        if self.home.is_some() { String::new() } else { format!("/home/{}", self.user) }
    }

    fn wanted_uid(&self) -> Option<i64> {
        self.uid.as_ref().and_then(|it| it.0.parse().ok())
    }

    /// The groups that were given; an empty list is none.
    fn further_groups(&self) -> Option<&[String]> {
        self.groups.as_deref().filter(|it| !it.is_empty())
    }

    /// Whether further groups are missing or too many. The primary one is never told among them.
    fn differs(&self, wanted: &[String], now: &server::User) -> bool {
        let missing = wanted.iter().any(|it| *it != now.group && !now.groups.contains(it));
        missing || (!self.append && now.groups.iter().any(|it| !wanted.contains(it)))
    }

    fn groups_after(&self, now: &server::User, wanted: &[String]) -> Vec<String> {
        let kept = now.groups.iter().filter(|_| self.append);
        let is_kept = |it: &String| self.append && now.groups.contains(it);
        let new = wanted.iter().filter(|it| **it != now.group && !is_kept(it));
        kept.chain(new).cloned().collect()
    }
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|it| !it.is_empty())
}

/// Whether this is the user's primary group, by name or number.
fn is_group(now: &server::User, group: &str) -> bool {
    now.group == group || now.gid.is_some_and(|gid| gid.to_string() == group)
}
