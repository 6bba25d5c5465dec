//! Facts that are asked without a script.

use std::rc::Rc;
use std::sync::Arc;

use super::{HostRun, Report, on};
use crate::command::scrub;
use crate::error::Error;
use crate::event::Event;
use crate::fleet::{AskedDirectly, hold};
use crate::host::Host;
use crate::plan::Prediction;
use crate::run::request::FactRequest;
use crate::script::{Driver, evaluate_definitions, evaluation, with};

impl HostRun {
    /// Asks facts, and tells each. Facts that scripts define are answered within an evaluation.
    pub(super) fn facts(&self, prediction: &Rc<Prediction>, facts: &[FactRequest]) -> Report {
        let driver = Rc::clone(prediction) as Rc<dyn Driver>;
        let it = evaluation(driver, &self.host, &self.fleet.inventory, &self.shared);
        let defined = with(&it, || evaluate_definitions(&it));
        if let Err(problems) = defined {
            return Report::Problems(problems);
        }
        with(&it, || self.ask(facts))
    }

    fn ask(&self, facts: &[FactRequest]) -> Report {
        let connected = hold(&self.link).connect();
        for fact in facts {
            let value = connected.clone().and_then(|()| {
                let source = AskedDirectly {
                    view: &self.host,
                    link: &self.link,
                    project: &self.fleet.project,
                };
                let globals = crate::options::merge(fact.globals.clone(), &self.host.globals());
                let globals = crate::options::merge(globals, &self.shared.globals);
                let globals = crate::options::GlobalArgs::read_map(globals)
                    .map_err(|errors| errors.into_iter().next().unwrap_or_else(Error::pending))?;
                let host = Host::new(&source, Arc::new(globals.context()));
                fact.fact.answer(&host).map(|answer| scrubbed(answer.to_json()))
            });
            self.fleet.listener.event(&Event::FactValue {
                fact: fact.name.clone(),
                arguments: fact.arguments_json(),
                host: self.host.name.clone(),
                value: value.map_err(|error| on(&self.host.name, error)),
            });
        }
        match connected {
            Ok(()) => Report::Done,
            Err(error) => {
                let problem = on(&self.host.name, error);
                let host = self.host.name.clone();
                self.fleet.listener.event(&Event::Unreachable { host, problem });
                Report::Done
            }
        }
    }
}

/// A fact's value with secrets hidden.
fn scrubbed(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Json::String(scrub(&text).into_owned()),
        Json::Array(items) => Json::Array(items.into_iter().map(scrubbed).collect()),
        Json::Object(map) => {
            Json::Object(map.into_iter().map(|(key, it)| (key, scrubbed(it))).collect())
        }
        other => other,
    }
}
