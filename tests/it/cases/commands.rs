//! What the command line shows, whole.
//!
//! ```` ```file PATH ```` is a file of the project, ```` ```run ```` the words after `infra`, one call a line (quotes
//! and a leading `NAME=value` for the environment as in a shell). ```` ```shown ```` is the exit code, standard output and standard error of all calls, with
//! times as `TIME` and the project's folder as `PROJECT`.

use infra_tests::{Case, Outcome, Project, Shown};

pub(crate) fn check(_name: &str, case: &Case) -> Outcome {
    case.only(&["file", "run", "shown"], &[])?;
    let project = Project::new();
    for file in case.blocks.iter().filter(|block| block.kind == "file") {
        project.file(&file.name, &file.text);
    }
    let mut texts = Vec::new();
    for line in case.required("run")?.lines() {
        let mut words = words(line)?;
        let variables = words.iter().take_while(|word| is_variable(word)).count();
        let variables: Vec<String> = words.drain(..variables).collect();
        let mut command = project.command(words);
        // What is named by the time has the same name every time.
        command.env("SOURCE_DATE_EPOCH", "1767225600");
        command.envs(variables.iter().filter_map(|it| it.split_once('=')));
        let output = command.output();
        let shown = Shown::of(&output.map_err(|error| error.to_string())?);
        texts.push(project.steady(&shown.text()));
    }
    infra_tests::check(case, "shown", &texts.join("\n"))
}

/// Whether a word in front of a call is a variable: `NAME=value`.
fn is_variable(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| name.chars().all(|it| it.is_ascii_uppercase() || it == '_'))
}

/// A line as words: quotes hold words with spaces together.
pub(crate) fn words(line: &str) -> Outcome<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut is_inside = false;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                if !is_inside {
                    words.push(String::new());
                }
                is_inside = true;
            }
            (None, ' ') => is_inside = false,
            _ => {
                if !is_inside {
                    words.push(String::new());
                }
                is_inside = true;
                words.last_mut().ok_or("a word without a beginning")?.push(character);
            }
        }
    }
    if quote.is_some() { Err(format!("a quote is left open in: {line}")) } else { Ok(words) }
}
