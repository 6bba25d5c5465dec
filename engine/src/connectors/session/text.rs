//! Steps as shell text. Pure: what goes to the host can be read, and compared, without one.
//!
//! Each step is one compound command (`if … fi`), so a `sh` whose input breaks off in the middle of it runs nothing of it.
//! The script is evaluated in a subshell: a syntax error, `exit`, `cd` or a variable of one step does not reach the next
//! one, and the text stays out of the process list.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::quote;
use crate::bytes::encode;
use crate::connectors::job::{Action, Content, OnFailure, Put, Step};

/// What the steps of one session have in common.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// In every marker; not in any argv, environment or file name, so that no output can have it.
    pub(super) nonce: String,
    /// In the waiting shell's argv and the names of temporary files.
    pub(super) token: String,
}

/// Where a file's content is read from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A here-document of these bytes.
    Here(&'a [u8]),
    /// So many bytes of the channel's own stdin, and the trailer line behind them.
    Stdin(u64),
    /// What this script prints.
    Printed(&'a str),
}

/// The text that runs `step` as number `id`, and marks its end.
pub(super) fn step_text(step: &Step, id: u64, names: &Names) -> Result<Vec<u8>, String> {
    text_with(step, id, names, "")
}

/// The same with a line of shell behind the end that it marks; `$infra_code` is how the step ended.
fn text_with(step: &Step, id: u64, names: &Names, then: &str) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let always = u8::from(step.always);
    push(&mut text, &format!("if infra_go {} {always}; then\n", step.group));
    let program = match &step.action {
        Action::Run { requires, .. } => requires.as_deref(),
        Action::Put(_) | Action::Get { .. } => None,
    };
    if let Some(program) = program {
        push(&mut text, &format!("if command -v {} >/dev/null 2>&1; then\n", checked(program)?));
    }
    match &step.action {
        Action::Run { script, stdin, .. } => {
            let stdin = stdin.as_ref().map(in_memory).transpose()?;
            run(&mut text, step, script, stdin.map(Source::Here), names)?;
        }
        Action::Get { path } => {
            // A named pipe or a device may never end; what is missing is for `cat` to tell.
            let path = file_path(path)?;
            let odd = "echo 'it is not a file that ends' >&2; exit 1";
            let body = format!("if [ -p {path} ] || [ -c {path} ]; then {odd}; fi; cat {path}");
            here(&mut text, &format!("( {}{body} )", prefix(step)?), None, None, names);
        }
        Action::Put(put) => {
            let source = match &put.content {
                Content::Printed(script) => Source::Printed(script),
                content => Source::Here(in_memory(content)?),
            };
            self::put(&mut text, step, put, source, id, names)?;
        }
    }
    push(&mut text, &end(step, id, names));
    push(&mut text, then);
    let Names { nonce, .. } = names;
    let on_failure = on_failure(step);
    if program.is_some() {
        let group = step.group;
        push(
            &mut text,
            &format!("else infra_say {nonce} {id} missing; infra_fail {group} {on_failure}; fi\n"),
        );
    }
    push(&mut text, &format!("else infra_say {nonce} {id} skipped; fi\n"));
    Ok(text)
}

/// The text that runs `step` with the content of `last`, and notes that it went well.
pub(super) fn ahead_text(
    step: &Step,
    last: &Step,
    id: u64,
    names: &Names,
) -> Result<Vec<u8>, String> {
    let step = Step { group: step.group, ..last.clone() };
    text_with(&step, id, names, &format!("[ \"$infra_code\" != 0 ] || infra_ahead={id}\n"))
}

/// The text of a step that the step with the number `ahead` has done, unless that was skipped or failed.
pub(super) fn written_text(id: u64, ahead: u64, names: &Names) -> Vec<u8> {
    let Names { nonce, .. } = names;
    let tests = format!("[ \"$infra_ahead\" = {ahead} ]");
    format!("if {tests}; then infra_say {nonce} {id} 0; else infra_say {nonce} {id} skipped; fi\n")
        .into_bytes()
}

/// The text that does a step whose content follows on stdin.
pub(super) fn upload_text(step: &Step, id: u64, names: &Names) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let source = Source::Stdin(step.content().map_or(0, Content::len));
    match &step.action {
        Action::Put(put) => self::put(&mut text, step, put, source, id, names)?,
        Action::Run { script, .. } => run(&mut text, step, script, Some(source), names)?,
        Action::Get { .. } => return Err("a download sends nothing".into()),
    }
    push(&mut text, &end(step, id, names));
    Ok(text)
}

fn run(
    text: &mut Vec<u8>,
    step: &Step,
    script: &str,
    stdin: Option<Source<'_>>,
    names: &Names,
) -> Result<(), String> {
    let prefix = prefix(step)?;
    let shell = match &step.shell {
        Some(shell) => Some(shell.as_str()),
        None if wants_own_process(script) => Some("sh"),
        None => None,
    };
    let Some(shell) = shell else {
        if prefix.is_empty() && stdin.is_none() && is_one_program(script) {
            push(text, &format!("{} </dev/null\n", script.trim_end()));
            return Ok(());
        }
        here(text, &format!("( {prefix}eval {} )", checked(script)?), stdin, None, names);
        return Ok(());
    };
    checked(script)?;
    let words: Result<Vec<_>, _> = shell.split_whitespace().map(checked).collect();
    let words = words?.join(" ");
    if words.is_empty() {
        return Err("`_shell_executable` is empty".into());
    }
    let body = format!("( {prefix}exec {words} /dev/fd/3 )");
    here(text, &body, stdin, Some(script), names);
    Ok(())
}

/// Programs that are in no shell, and that operations run by the dozen.
const PROGRAMS: [&str; 10] =
    ["chgrp", "chmod", "chown", "cp", "ln", "mkdir", "mv", "rm", "rmdir", "touch"];

/// Whether a script is one of these with plain words: nothing that could touch the session's `sh`, so that it needs no
/// subshell, whose start costs as much as that of the program.
fn is_one_program(script: &str) -> bool {
    let first = script.split(' ').next().unwrap_or_default();
    let mut quoted = false;
    let plain = script.trim_end().chars().all(|it| match it {
        '\'' => {
            quoted = !quoted;
            true
        }
        '\0' | '\n' => false,
        it => quoted || it.is_ascii_alphanumeric() || " _@%+:,./=-".contains(it),
    });
    PROGRAMS.contains(&first) && plain && !quoted
}

/// Whether a script may ask for its process id, which in a subshell is that of the whole session.
fn wants_own_process(script: &str) -> bool {
    script.contains("$$") || script.contains("${$") || script.contains("PPID")
}

fn put(
    text: &mut Vec<u8>,
    step: &Step,
    put: &Put,
    source: Source<'_>,
    id: u64,
    names: &Names,
) -> Result<(), String> {
    let (filter, setup) = match source {
        Source::Here(bytes) if is_plain(bytes) => ("infra_raw", String::new()),
        Source::Here(_) => ("infra_decode", String::new()),
        Source::Stdin(length) => ("infra_whole", exactly(length, names)),
        Source::Printed(script) => {
            ("infra_printed", format!("infra_printed() {{ ( eval {} ); }}; ", checked(script)?))
        }
    };
    let owner = match (&put.user, &put.group) {
        (None, None) => String::new(),
        (Some(user), None) => user.clone(),
        (user, Some(group)) => format!("{}:{group}", user.as_deref().unwrap_or_default()),
    };
    let mode = put.mode.map(|mode| format!("{mode:o}")).unwrap_or_default();
    let validate = put.validate.as_deref().unwrap_or_default().replace("%s", "\"$infra_temp\"");
    let backup = put.backup.as_deref().map_or(Ok("''".to_owned()), file_path)?;
    let owner = checked(&owner)?;
    push(text, &format!("infra_ready {owner}\n"));
    let body = format!(
        "( {}{setup}infra_put .infra-{}-{id} {} {filter} {} {} {backup} {} {} {} )",
        prefix(step)?,
        names.token,
        file_path(&put.path)?,
        quote(&mode),
        owner,
        checked(&validate)?,
        touch_time(put.atime)?,
        touch_time(put.mtime)?,
    );
    match source {
        Source::Here(bytes) => {
            push(text, &format!("{body} <<'{}'\n", names.nonce));
            push_document(text, bytes);
            push(text, &format!("{}\n", names.nonce));
        }
        Source::Stdin(_) => push(text, &format!("{body}\n")),
        Source::Printed(_) => push(text, &format!("{body} </dev/null\n")),
    }
    Ok(())
}

fn in_memory(content: &Content) -> Result<&[u8], String> {
    match content {
        Content::Bytes(bytes) => Ok(bytes),
        Content::File { .. } | Content::Pieces(_) | Content::Printed(_) => {
            Err("the content was not read".into())
        }
    }
}

/// What `infra_exactly` and `infra_whole` must know.
fn exactly(length: u64, names: &Names) -> String {
    format!("infra_length={length} infra_trailer={}; ", trailer(names))
}

/// The line behind streamed content.
pub(super) fn trailer(names: &Names) -> String {
    format!("{}-complete", names.nonce)
}

/// `body` with its stdin, and with `script` as file descriptor 3.
fn here(
    text: &mut Vec<u8>,
    body: &str,
    stdin: Option<Source<'_>>,
    script: Option<&str>,
    names: &Names,
) {
    let nonce = &names.nonce;
    let three = script.map(|_| format!(" 3<<'{nonce}-3'")).unwrap_or_default();
    match stdin {
        None | Some(Source::Printed(_)) => push(text, &format!("{body} </dev/null{three}\n")),
        Some(Source::Here(bytes)) if is_plain(bytes) => {
            push(text, &format!("{body} <<'{nonce}'{three}\n"));
        }
        Some(Source::Here(_)) => {
            push(text, &format!("infra_decode <<'{nonce}' | {body}{three}\n"));
        }
        Some(Source::Stdin(length)) => {
            let exactly = exactly(length, names);
            push(text, &format!("{exactly}infra_exactly | {body}{three}\n"));
        }
    }
    if let Some(Source::Here(bytes)) = stdin {
        push_document(text, bytes);
        push(text, &format!("{nonce}\n"));
    }
    if let Some(script) = script {
        push(text, &format!("{script}\n{nonce}-3\n"));
    }
}

/// A here-document keeps every byte but NUL in every shell, and always ends with a newline.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.is_empty() || (bytes.ends_with(b"\n") && !bytes.contains(&0))
}

fn push_document(text: &mut Vec<u8>, bytes: &[u8]) {
    if is_plain(bytes) {
        text.extend_from_slice(bytes);
        return;
    }
    // 57 bytes make the 76 columns that every decoder takes.
    for line in bytes.chunks(57) {
        push(text, &STANDARD.encode(line));
        text.push(b'\n');
    }
}

/// What is done in the subshell before the step itself.
fn prefix(step: &Step) -> Result<String, String> {
    let mut prefix = String::new();
    if let Some(directory) = &step.chdir {
        // `cd` prints where it is when CDPATH sent it there.
        prefix += &format!("cd {} >/dev/null || exit 1; ", file_path(directory)?);
    }
    for (name, value) in &step.env {
        let mut characters = name.bytes();
        let starts =
            characters.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic());
        if !starts || !characters.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            return Err(format!("`{name}` cannot be the name of an environment variable"));
        }
        prefix += &format!("export {name}={}; ", checked(value)?);
    }
    Ok(prefix)
}

fn end(step: &Step, id: u64, names: &Names) -> String {
    let codes: Vec<_> = step.success_codes.iter().map(ToString::to_string).collect();
    let (nonce, group) = (&names.nonce, step.group);
    format!("infra_end {nonce} {id} {group} {} ' {} '\n", on_failure(step), codes.join(" "))
}

fn on_failure(step: &Step) -> &'static str {
    match step.on_failure {
        OnFailure::StopJob => "stop",
        OnFailure::SkipGroup => "group",
        OnFailure::Continue => "continue",
    }
}

/// `text` as one word.
fn checked(text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("no shell takes a NUL character in a command".into());
    }
    Ok(quote(text))
}

/// A path as one word that no program takes for an option.
fn file_path(path: &str) -> Result<String, String> {
    if path.is_empty() {
        return Err("a path is empty".into());
    }
    if path.starts_with('-') {
        return checked(&format!("./{path}"));
    }
    checked(path)
}

/// The argument of `touch -t`, in UTC; the only form that all of them take.
fn touch_time(time: Option<SystemTime>) -> Result<String, String> {
    let Some(time) = time else { return Ok("''".into()) };
    let time = jiff::Timestamp::try_from(time)
        .map_err(|_| "a file time is beyond the years that can be written".to_owned())?;
    Ok(time.strftime("%Y%m%d%H%M.%S").to_string())
}

/// Names on the host need not be UTF-8.
fn push(text: &mut Vec<u8>, more: &str) {
    text.extend(encode(more));
}

#[cfg(test)]
mod tests {
    use super::is_one_program;

    #[test]
    fn what_could_touch_the_session_has_a_subshell() {
        for script in ["mkdir -p -m 755 /srv/app", "rm -rf 'a b; $(c)'", "ln -s -- '*' /x\n"] {
            assert!(is_one_program(script), "{script}");
        }
        for script in [
            "cd /x",
            "exit 1",
            "mkdir a; exit 1",
            "mkdir $(exit 1)",
            "mkdir a && cd a",
            "rm *",
            "rm ~/x",
            "rm 'a",
            "rm it\\'s",
            "rm a >b",
            "rm a\nexit",
            "rm `x`",
            "mkdir {a,b}",
            "X=1 rm a",
        ] {
            assert!(!is_one_program(script), "{script}");
        }
    }
}
