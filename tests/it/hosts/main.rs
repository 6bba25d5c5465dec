//! The program on real hosts. `INFRA_BED_INFO` names the output of `tests/bed info`: five light hosts, a
//! full one and a small one. README.md says how to start them by hand.

#![expect(clippy::indexing_slicing, reason = "what a JSON object does not have is null")]

mod accounts;
mod anything;
mod apps;
mod bed;
mod deploys;
mod ends;
mod faults;
mod fleet;
mod inside;
mod runs;
mod secrets;

use infra_tests::{Outcome, documents};
use libtest_mimic::{Arguments, Failed, Trial};

/// A test that is no case: its name, and what it does.
type Test = (&'static str, fn() -> Outcome);

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = deploys();
    for (name, test) in accounts::TESTS
        .iter()
        .chain(anything::TESTS)
        .chain(apps::TESTS)
        .chain(ends::TESTS)
        .chain(faults::TESTS)
        .chain(fleet::TESTS)
        .chain(inside::TESTS)
        .chain(runs::TESTS)
        .chain(secrets::TESTS)
    {
        trials.push(trial((*name).to_owned(), test));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A test for each case of an operation, and one that finds operations without a case.
fn deploys() -> Vec<Trial> {
    let documents = match documents("hosts") {
        Ok(documents) => documents,
        Err(error) => return vec![trial("cases".to_owned(), move || Err(error))],
    };
    let mut names: Vec<String> = documents.iter().map(|it| it.name.replace('/', ".")).collect();
    for case in documents.iter().flat_map(|it| &it.cases) {
        names.extend(
            case.note("covers").into_iter().flat_map(|it| it.split("; ")).map(str::to_owned),
        );
    }
    let mut trials =
        vec![trial("every operation runs on a host".to_owned(), move || deploys::complete(&names))];
    for document in documents {
        for case in document.cases {
            let name = format!("{}: {}", document.name, case.title);
            trials.push(trial(name, move || deploys::check(&case)));
        }
    }
    trials
}

fn trial(name: String, test: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::test(name, || test().map_err(Failed::from))
}
