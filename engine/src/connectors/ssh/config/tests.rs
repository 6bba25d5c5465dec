//! Our answers beside those of `ssh -G`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Surroundings;
use super::parse::read;
use super::resolve::{Given, resolve};
use super::settings::Settings;
use super::tokens::Tokens;
use crate::connectors::process::ConnectError;

/// A configuration, and the hosts that it is asked about.
const CASES: &[(&str, &[&str])] = &[
    ("", &["web1", "10.0.0.1", "::1"]),
    ("Port 2222\nHost web1\nPort 22\nUser a\nHost *\nUser b\n", &["web1", "web2"]),
    ("Host web* !web2\n  User deploy\nHost web2 db\n  User other\n", &["web1", "web2", "db", "x"]),
    ("Host=web1\nUser = \"a b\"\nPort\t=\t2200\n", &["web1"]),
    ("  host web1 # not a pattern\n  hostname %h.example.net\n# Port 1\nPORT 3\n", &["web1", "#"]),
    ("HostName %%x-%h\n", &["web1"]),
    (
        "Host a\nHostName real\nMatch host real\nUser m\nMatch originalhost a\nPort 5\n",
        &["a", "real"],
    ),
    ("User x\nMatch user x\nPort 7\nMatch user y,!x\nPort 8\nMatch all\nPort 9\n", &["h"]),
    (
        "Match exec \"test %h = yes\"\nPort 7\nMatch !exec \"test %n = no\"\nUser u\n",
        &["yes", "no"],
    ),
    ("Match host web* exec true\nPort 7\nMatch localuser nobody-here\nPort 8\n", &["web1", "db"]),
    (
        "Host a\nHostName b.net\nMatch final host b.net\nPort 7\nHost b.net\nUser u\n",
        &["a", "b.net"],
    ),
    ("Host a\nHostName b.net\nHost b.net\nUser u\n", &["a"]),
    ("Match canonical\nPort 7\nMatch final all\nUser u\n", &["a"]),
    ("IdentityFile /k/one\nIdentityFile /k/two\nIdentityFile /k/one\nIdentitiesOnly yes\n", &["a"]),
    ("Host a\nIdentityFile none\nHost *\nIdentityFile \"/k/with space\"\n", &["a", "b"]),
    ("CertificateFile /k/c\\ d\nUserKnownHostsFile /h/1 /h/2\nGlobalKnownHostsFile /h/3\n", &["a"]),
    ("ProxyJump bastion\nProxyCommand nc %h %p\n", &["a"]),
    ("ProxyCommand nc \"%h\" %p # shell's\nProxyJump bastion\n", &["a"]),
    ("Host a\nProxyJump none\nHost *\nProxyJump ops@one:2222,two\n", &["a", "b"]),
    ("StrictHostKeyChecking accept-new\nHostKeyAlias alias\nConnectTimeout 7\n", &["a"]),
    ("StrictHostKeyChecking off\nConnectTimeout 1m30s\nConnectionAttempts 3\n", &["a"]),
    (
        "ServerAliveInterval 5\nServerAliveCountMax 9\nHashKnownHosts yes\nAddressFamily inet6\n",
        &["a"],
    ),
    ("SetEnv A=1 \"B=two words\"\nSetEnv C=3\nForwardAgent yes\n", &["a"]),
    ("PasswordAuthentication no\nKbdInteractiveAuthentication no\nBatchMode yes\n", &["a"]),
    ("PubkeyAuthentication no\nIdentityAgent /run/agent\nForwardAgent /run/other\n", &["a"]),
    ("PreferredAuthentications publickey,password\nUnheardOf x\n", &[]),
    ("Host a\nInclude DIR/*.conf\nHost b\nUser here\n", &["a", "b", "inner"]),
    ("Include DIR/none DIR/10.conf\nPort 99\n", &["a", "inner"]),
];

const INCLUDED: [(&str, &str); 3] = [
    ("10.conf", "User ten\nHost inner\nPort 10\n"),
    ("20.conf", "Host a\nHostName twenty\n"),
    (".hidden.conf", "Port 66\n"),
];

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("infra-ssh-config-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn ours(path: &Path, host: &str) -> Result<Settings, ConnectError> {
    let surroundings = Surroundings::of_this_process();
    let file = read(path, path.parent().unwrap(), &surroundings.home)?;
    resolve(&[&file], host, Given::default(), &surroundings)
}

/// The lines of `ssh -G` that our settings have an equivalent of, where the file says anything.
fn theirs(path: &Path, host: &str) -> Option<Vec<String>> {
    let output =
        Command::new("ssh").arg("-G").arg("-F").arg(path).args(["--", host]).output().ok()?;
    assert!(output.status.success(), "ssh -G {host}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

fn shown(settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{name} {value}")));
    };
    let yes = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_owned());
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    say("hostname", settings.hostname.clone());
    say("user", settings.user.clone());
    say("port", Some(settings.port.unwrap_or(22).to_string()));
    for file in &settings.identity_files {
        say("identityfile", Some(file.clone()));
    }
    for file in &settings.certificate_files {
        say("certificatefile", Some(file.clone()));
    }
    say("identitiesonly", yes(settings.identities_only));
    say("identityagent", settings.identity_agent.clone());
    say("proxyjump", settings.proxy_jump.clone().filter(|jump| jump != "none"));
    say("proxycommand", settings.proxy_command.clone());
    say("userknownhostsfile", settings.user_known_hosts.as_ref().map(|files| files.join(" ")));
    say("globalknownhostsfile", settings.global_known_hosts.as_ref().map(|files| files.join(" ")));
    let strict = settings.strict_host_key_checking.clone();
    say("stricthostkeychecking", strict.map(|how| if how == "off" { "false".into() } else { how }));
    say("hashknownhosts", yes(settings.hash_known_hosts));
    say("hostkeyalias", settings.host_key_alias.clone());
    say("connecttimeout", number(settings.connect_timeout));
    say("connectionattempts", settings.connection_attempts.map(|count| count.to_string()));
    say("serveraliveinterval", number(settings.alive_interval));
    say("serveralivecountmax", settings.alive_count_max.map(|count| count.to_string()));
    say("forwardagent", settings.forward_agent.clone());
    for pair in &settings.set_env {
        say("setenv", Some(pair.clone()));
    }
    say("batchmode", yes(settings.batch_mode));
    say("pubkeyauthentication", settings.public_key.map(|flag| flag.to_string()));
    say("passwordauthentication", yes(settings.password));
    say("kbdinteractiveauthentication", yes(settings.keyboard_interactive));
    say("addressfamily", settings.address_family.clone());
    lines
}

#[test]
fn every_value_is_the_one_that_ssh_finds() {
    let folder = folder("oracle");
    for (name, text) in INCLUDED {
        std::fs::write(folder.join(name), text).unwrap();
    }
    for (number, (text, hosts)) in CASES.iter().enumerate() {
        let path = folder.join(format!("config{number}"));
        std::fs::write(&path, text.replace("DIR", &folder.to_string_lossy())).unwrap();
        for host in *hosts {
            let lines = shown(&ours(&path, host).unwrap());
            let oracle = theirs(&path, host).unwrap();
            for line in &lines {
                assert!(
                    oracle.contains(line),
                    "{text:?} for {host}: `{line}` is not in {oracle:#?}"
                );
            }
            // What ssh finds and we do not would go unnoticed above.
            let single = ["identityfile", "certificatefile", "proxyjump", "proxycommand", "setenv"];
            for line in
                oracle.iter().filter(|line| single.iter().any(|name| line.starts_with(name)))
            {
                let is_default = line.starts_with("identityfile ~/.ssh/id_");
                assert!(is_default || lines.contains(line), "{text:?} for {host} lacks `{line}`");
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// Newer than the `ssh` that may be at hand to compare with.
#[test]
fn tags_choose_blocks() {
    let folder = folder("tags");
    let path = folder.join("config");
    let text = "Host web*\nTag web\nMatch tagged web\nPort 7\nMatch version nothing\nUser u\n\
                Match sessiontype shell\nUser v\n";
    std::fs::write(&path, text).unwrap();
    assert_eq!(ours(&path, "web1").unwrap().port, Some(7));
    assert_eq!(ours(&path, "db").unwrap().port, None);
    assert_eq!(ours(&path, "web1").unwrap().user, None);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn mistakes_name_file_and_line() {
    let folder = folder("mistakes");
    let path = folder.join("config");
    for (text, problem) in [
        ("\nPort http", "line 2: port needs a number, not http"),
        ("User \"a", "line 1: a quote is not closed"),
        ("Host", "line 1: Host needs a pattern"),
        ("Match", "line 1: Match needs a criterion"),
        ("Match moon full", "line 1: Match does not know moon"),
        ("Match host", "line 1: Match host needs an argument"),
        ("Port", "line 1: port needs an argument"),
        ("IdentitiesOnly perhaps", "line 1: identitiesonly needs yes or no, not perhaps"),
        ("ConnectTimeout soon", "line 1: connecttimeout needs a time, not soon"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = ours(&path, "web1").unwrap_err();
        assert_eq!(error.message, format!("ssh config {}, {problem}", path.display()));
    }
    std::fs::write(&path, format!("Include {}", path.display())).unwrap();
    let error = ours(&path, "web1").unwrap_err();
    assert!(error.message.ends_with("files include one another too deeply"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn tokens_stand_for_what_the_manual_says() {
    let surroundings = Surroundings {
        home: PathBuf::from("/home/me"),
        user: "me".to_owned(),
        machine: "desk.example.net".to_owned(),
    };
    let tokens = Tokens {
        surroundings: &surroundings,
        original: "web",
        host: "web1.example.net",
        port: 2222,
        user: "deploy",
        key_alias: "alias",
        jump: "",
    };
    for (text, expected) in [
        ("%h:%p", "web1.example.net:2222"),
        ("%n %r %k", "web deploy alias"),
        ("%d/%u/%l/%L", "/home/me/me/desk.example.net/desk"),
        ("100%%", "100%"),
        // printf %s desk.example.netweb1.example.net2222deploy | sha1sum
        ("%C", "78ed12e9d129e7416875828f486550341993626d"),
    ] {
        assert_eq!(tokens.expand(text).unwrap(), expected, "{text}");
    }
    for text in ["%", "%x", "${INFRA_NOT_SET}", "${open"] {
        assert!(tokens.expand(text).is_err(), "{text}");
    }
    assert_eq!(tokens.percents("${HOME} %h").unwrap(), "${HOME} web1.example.net");
}
