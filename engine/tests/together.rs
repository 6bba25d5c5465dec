//! Questions that one command answers: the answers are those that each question's own command gives.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not there")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use infra_engine::bytes::{decode, encode};
use infra_engine::facts::files::{Entry, Sha1File, Sha256File};
use infra_engine::{Fact, Shell};

/// A folder with one of everything, and the paths to ask about.
fn folder(name: &str) -> (PathBuf, Vec<String>) {
    let folder = std::env::temp_dir().join(format!("infra-together-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("a directory")).unwrap();
    let odd: [&[u8]; 6] = [
        b"plain",
        b"-n",
        b"two\nlines",
        b"it's $(odd) \"`x`\\",
        b"gr\xc3\xbc\xc3\x9fe",
        b"\xff\xfe",
    ];
    for name in odd {
        fs::write(folder.join(OsStr::from_bytes(name)), name).unwrap();
    }
    symlink("plain", folder.join("to a file")).unwrap();
    symlink("no\nwhere -> else", folder.join("to nothing")).unwrap();
    symlink("a directory", folder.join("to a directory")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap().success());
    // Looking at a link sets its time of last access, unless that is a later one.
    let links = ["to a file", "to nothing", "to a directory"].map(|it| folder.join(it));
    let touched =
        Command::new("touch").args(["-h", "-a", "-t", "203001010000"]).args(links).status();
    assert!(touched.unwrap().success());
    let names = odd.into_iter().map(decode).chain(
        ["to a file", "to nothing", "to a directory", "pipe", "absent", "a directory", "plain/x"]
            .map(str::to_owned),
    );
    let paths = names.map(|it| format!("{}/{it}", folder.display())).collect();
    (folder, paths)
}

/// What a command prints, and whether it went well.
fn sh(shell: &str, command: &Shell, path: Option<&Path>) -> (Vec<u8>, bool) {
    let mut process = Command::new(shell);
    process.arg("-c").arg(OsStr::from_bytes(&encode(&command.reveal())));
    if let Some(path) = path {
        process.env("PATH", path);
    }
    let output = process.output().unwrap();
    (output.stdout, output.status.success())
}

fn same_answers<F: Fact>(shell: &str, questions: &[F])
where
    F::Output: PartialEq,
{
    let ways: Vec<_> = questions.iter().map(|it| it.together().unwrap()).collect();
    let words: Vec<&str> = ways.iter().map(|it| it.word.as_str()).collect();
    let way = ways.first().unwrap();
    let (output, good) = sh(shell, &(way.command)(&words), None);
    assert!(good, "{shell}: {}", String::from_utf8_lossy(&output));
    let outputs = (way.split)(&output).unwrap();
    assert_eq!(outputs.len(), questions.len());
    let read = |fact: &F, output: &[u8]| match output {
        [] => F::Output::default(),
        output => fact.parse_bytes(output).unwrap(),
    };
    for (fact, together) in questions.iter().zip(outputs) {
        let (alone, good) = sh(shell, &fact.command(), None);
        assert!(good, "{fact:?}");
        assert!(read(fact, &together) == read(fact, &alone), "{shell}: {fact:?}");
    }
}

#[test]
fn together_they_tell_what_each_tells_alone() {
    let (folder, paths) = folder("same");
    let entries: Vec<Entry> = paths.iter().map(|it| Entry { path: it.clone() }).collect();
    let sums: Vec<Sha1File> = paths.iter().map(Sha1File::at).collect();
    let longer: Vec<Sha256File> = paths.iter().map(Sha256File::at).collect();
    for shell in ["sh", "bash"] {
        same_answers(shell, &entries);
        same_answers(shell, &sums);
        same_answers(shell, &longer);
        let absent = [Entry { path: "/nowhere/a".into() }, Entry { path: "/nowhere/b".into() }];
        same_answers(shell, &absent);
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_cannot_be_told_apart_is_no_answer() {
    let (folder, paths) = folder("other");
    let programs = folder.join("bin");
    fs::create_dir(&programs).unwrap();
    // Of two files, one is gone by the time that `stat` looks.
    let program = programs.join("stat");
    fs::write(&program, "#!/bin/sh\necho 'uid=0 one line'\n").unwrap();
    assert!(Command::new("chmod").arg("755").arg(&program).status().unwrap().success());
    let ways: Vec<_> =
        paths.iter().map(|it| Entry { path: it.clone() }.together().unwrap()).collect();
    let words: Vec<&str> = ways.iter().map(|it| it.word.as_str()).collect();
    let way = ways.first().unwrap();
    let (output, _) = sh("/bin/sh", &(way.command)(&words), Some(&programs));
    assert_eq!((way.split)(&output), None);
    // No `stat` at all.
    fs::remove_file(&program).unwrap();
    let (_, good) = sh("/bin/sh", &(way.command)(&words), Some(&programs));
    assert!(!good);
    for garbage in ["", "e", "ee\nonly one\n", "-\nmore\n", "l\nline\nno end"] {
        assert_eq!((way.split)(garbage.as_bytes()), None, "{garbage:?}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
