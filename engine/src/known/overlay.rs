//! What the operations planned so far will have done to the facts.

use std::sync::Arc;

use super::aliases::Aliases;
use crate::command::{Effect, Scope, touch};
use crate::fact::Answer;

/// The effects of planned operations, in order.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    layers: Vec<Layer>,
    /// The host's links, with those that operations make.
    aliases: Aliases,
}

#[derive(Debug)]
enum Layer {
    /// These parts will have changed, to what is not known.
    Touched(Vec<Scope>, Arc<str>),
    /// This fact will be as stated.
    Stated(Effect),
}

/// Why something is not known in the plan: what it waits for.
pub(crate) fn until(label: &str) -> Arc<str> {
    format!("unknown until `{label}` has run").into()
}

/// What the overlay says of a fact.
#[derive(Debug)]
pub(crate) enum Predicted {
    /// It will have this value.
    Value(Answer),
    /// An operation may change it; which.
    Unknown(Arc<str>),
    /// No operation touches it.
    Untouched,
}

impl Overlay {
    /// Nothing has run yet on a host that has these links.
    pub(crate) fn new(aliases: Aliases) -> Self {
        Self { layers: Vec::new(), aliases }
    }

    /// An operation will have run: it may touch `scopes`, and states `effects`. Returns the scopes by all their names.
    pub(crate) fn apply(
        &mut self,
        scopes: Vec<Scope>,
        why: Arc<str>,
        effects: Vec<Effect>,
    ) -> Vec<Scope> {
        let scopes = self.aliases.touched(scopes, &effects);
        self.layers.push(Layer::Touched(scopes.clone(), why));
        self.layers.extend(effects.into_iter().map(Layer::Stated));
        scopes
    }

    /// What a fact will be: the last layer that concerns it decides. What a derived fact depends on is
    /// known only where it was stated, so without `reads` only a statement counts.
    pub(crate) fn look(&self, fact: (&str, &str), reads: Option<&[Scope]>) -> Predicted {
        let stated = self.layers.iter().rposition(|layer| {
            matches!(layer, Layer::Stated(effect) if (effect.key.0, effect.key.1.as_str()) == fact)
        });
        let (from, answer, own_reads) = match stated.and_then(|at| Some((at, self.layers.get(at)?)))
        {
            Some((at, Layer::Stated(effect))) => (at + 1, Some(&effect.answer), &*effect.reads),
            _ => (0, None, &[][..]),
        };
        let touched = self.layers.iter().skip(from).rev().find_map(|layer| match layer {
            Layer::Touched(scopes, why) if touch(scopes, reads.unwrap_or(own_reads)) => Some(why),
            _ => None,
        });
        match (touched, answer, reads) {
            (None, Some(answer), _) => Predicted::Value(answer.clone()),
            (Some(why), _, Some(_)) => Predicted::Unknown(Arc::clone(why)),
            _ => Predicted::Untouched,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(key: &str, path: &str, value: i64) -> Effect {
        Effect {
            key: ("files.file", key.to_owned()),
            reads: vec![Scope::path(path)],
            answer: Answer::new(Arc::new(value)),
            whole: true,
        }
    }

    fn seen(overlay: &Overlay, key: &str, reads: Option<&[Scope]>) -> String {
        match overlay.look(("files.file", key), reads) {
            Predicted::Value(answer) => answer.to_json().to_string(),
            Predicted::Unknown(why) => format!("unknown: {why}"),
            Predicted::Untouched => "untouched".to_owned(),
        }
    }

    #[test]
    fn the_last_layer_that_concerns_a_fact_decides() {
        let reads = [Scope::path("/a")];
        let mut overlay = Overlay::default();
        assert_eq!(seen(&overlay, "path=/a", Some(&reads)), "untouched");
        overlay.apply(vec![Scope::path("/a")], "write a".into(), vec![effect("path=/a", "/a", 1)]);
        assert_eq!(seen(&overlay, "path=/a", Some(&reads)), "1");
        assert_eq!(seen(&overlay, "path=/a", None), "1");
        overlay.apply(vec![Scope::path("/b")], "write b".into(), vec![]);
        assert_eq!(seen(&overlay, "path=/a", Some(&reads)), "1");
        overlay.apply(vec![Scope::Anything], "run x".into(), vec![]);
        assert_eq!(seen(&overlay, "path=/a", Some(&reads)), "unknown: run x");
        assert_eq!(seen(&overlay, "path=/a", None), "untouched");
        overlay.apply(vec![Scope::path("/a")], "write a".into(), vec![effect("path=/a", "/a", 2)]);
        assert_eq!(seen(&overlay, "path=/a", Some(&reads)), "2");
    }
}
