//! What operations plan for a host of which some facts are given.
//!
//! ```` ```rhai ```` is the deploy, ```` ```facts ```` what is known of the host (a JSON object, as `@fake`
//! takes it), ```` ```data ```` the host's data, ```` ```plan ```` what will be done, ```` ```diff ```` what will
//! differ. ```` ```then ```` holds the facts that are others after the commands have run: with them nothing may
//! be left to do. Facts that are not given are their defaults, or with the note `missing: error` a mistake.

use infra_tests::{Case, Outcome};
use serde_json::{Map, Value};

use crate::planning::{self, Known};

pub(crate) fn check(_operation: &str, case: &Case) -> Outcome {
    case.only(&["rhai", "facts", "data", "plan", "diff", "then"], &["missing"])?;
    let script = case.required("rhai")?;
    let facts = case.object("facts")?;
    let shown = planning::plan(script, &known(case, facts.clone())?);
    let plan = planning::text(&shown)?;
    infra_tests::check(case, "plan", &plan)?;
    if case.block("diff").is_some() {
        infra_tests::check(case, "diff", &planning::differences(&shown)?)?;
    }
    if case.block("then").is_none() {
        return Ok(());
    }
    let after = overlaid(facts, case.object("then")?);
    let again = planning::text(&planning::plan(script, &known(case, after)?))?;
    match again.lines().find(|line| !line.starts_with("nothing: ")) {
        None => Ok(()),
        Some(_) => Err(format!("with the facts of ```then, something is left to do:\n{again}")),
    }
}

fn known(case: &Case, facts: Map<String, Value>) -> Outcome<Known> {
    let missing = case.note("missing").unwrap_or("default").to_owned();
    Ok(Known { facts, data: case.object("data")?, missing })
}

/// The facts, replaced one by one: of a fact with arguments, only the answers that are given anew.
fn overlaid(mut facts: Map<String, Value>, newer: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in newer {
        let has_arguments =
            infra_engine::facts::find(&name).is_some_and(|fact| !fact.args.is_empty());
        match (facts.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) if has_arguments => old.extend(new),
            (_, value) => {
                facts.insert(name, value);
            }
        }
    }
    facts
}
