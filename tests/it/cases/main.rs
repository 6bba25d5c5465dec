//! Cases as data: what operations plan, what facts read, what the command line shows, and every example
//! of the manual. Needs no host.

mod agreement;
mod commands;
mod examples;
mod facts;
mod guides;
mod interrupts;
mod operations;
mod planning;
mod shell;
mod tables;
mod truth;

use infra_tests::{Case, Outcome, documents};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let mut trials = Vec::new();
    trials.extend(of_files("operations", operations::check));
    trials.extend(of_files("facts", facts::check));
    trials.extend(of_files("cli", commands::check));
    trials.extend(agreement::trials());
    trials.extend(examples::trials());
    trials.extend(guides::trials());
    trials.extend(interrupts::trials());
    trials.extend(shell::trials());
    trials.extend(tables::trials());
    trials.extend(truth::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// A test for each case in the files of a folder; the files' names say what they are cases of.
fn of_files(folder: &str, check: fn(&str, &Case) -> Outcome) -> Vec<Trial> {
    let documents = match documents(folder) {
        Ok(documents) => documents,
        Err(error) => return vec![trial(folder.to_owned(), move || Err(error))],
    };
    let of_document = |document: infra_tests::Document| {
        let (folder, name) = (folder.to_owned(), document.name);
        document.cases.into_iter().map(move |case| {
            let name = name.clone();
            trial(format!("{folder}/{name}: {}", case.title), move || check(&name, &case))
        })
    };
    documents.into_iter().flat_map(of_document).collect()
}

/// A named test.
fn trial(name: String, test: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::test(name, || test().map_err(Failed::from))
}
