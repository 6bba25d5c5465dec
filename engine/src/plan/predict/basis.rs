//! What a plan was made from, as sums: a saved plan is applied only to hosts where these are still the same.

use super::Prediction;
use crate::command::{Commands, scrub};
use crate::error::Result;
use crate::event::{Basis, Change, Planned};
use crate::fact::{Answer, QuestionId};
use crate::fingerprint::Salt;
use crate::fleet::hold;
use crate::script::CallPath;

/// The facts that change from one moment to the next: a plan that has asked them is no older for it.
const FLEETING: &[&str] = &["server.date", "server.uptime", "server.load_average", "server.last"];

impl Prediction {
    /// What the plan was made from and came to; nothing where nobody wants to compare it.
    pub(crate) fn basis(&self, records: &[(CallPath, Planned)]) -> Option<Basis> {
        let salt = self.basis_salt()?;
        let mut facts = self.given.borrow().clone();
        let store = self.store.borrow();
        for (question, answer) in store.all() {
            let mut sum = salt.sum();
            match answer {
                Ok(answer) => sum.answer(&answer.to_json()),
                Err(error) => sum.text(&error.message),
            }
            // The same fact asked as another account is another fact.
            let mut who = salt.sum();
            who.context(&question.id.context);
            if !FLEETING.contains(&question.id.fact) {
                let label = scrub(&question.id.label()).into_owned();
                facts.insert(format!("{label} {}", who.end()), sum.end());
            }
        }
        facts.sort_unstable_keys();
        let operations = records
            .iter()
            .map(|(_, it)| (it.subject.label.clone(), it.sum.clone().unwrap_or_default()))
            .collect();
        Some(Basis { facts, operations })
    }

    /// With what sums are made, where plans come with what they were made from.
    fn basis_salt(&self) -> Option<&Salt> {
        self.fleet.salt.as_ref().filter(|_| self.fleet.keep_basis)
    }

    /// The sum of what an operation would do.
    pub(super) fn sum(&self, change: Change, commands: &Commands) -> Option<String> {
        let salt = self.basis_salt()?;
        let mut sum = salt.sum();
        sum.text(&format!("{change:?}"));
        commands.list.iter().for_each(|it| sum.command(it));
        commands.diff.iter().for_each(|it| sum.text(&format!("{it:?}")));
        Some(sum.end())
    }

    /// What a fake host has been given as an answer.
    pub(super) fn given(&self, id: &QuestionId) -> Option<Result<Answer>> {
        let answer = hold(&self.link).given(id)?;
        if let (Some(salt), Ok(value)) = (self.basis_salt(), &answer) {
            let mut who = salt.sum();
            who.context(&id.context);
            let mut sum = salt.sum();
            sum.answer(&value.to_json());
            self.given.borrow_mut().insert(format!("{} {}", id.label(), who.end()), sum.end());
        }
        Some(answer)
    }
}
