//! The answers that one host has given, until an operation touches what they depend on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::aliases::Aliases;
use crate::command::{Effect, Scope, touch};
use crate::error::Result;
use crate::fact::{Answer, Question, QuestionId};
use crate::facts::files::Entry;
use crate::options::SharedContext;

/// Answers by question.
#[derive(Debug, Default)]
pub(crate) struct FactStore {
    held: HashMap<QuestionId, Held>,
    /// What the plan's calls touch, by tick: a call of an operation or a fact is known by its number in the evaluation.
    planned: BTreeMap<usize, Vec<Scope>>,
    /// Links that are known.
    aliases: Aliases,
}

#[derive(Debug)]
struct Held {
    question: Question,
    /// `None` once it was forgotten.
    answer: Option<Result<Answer>>,
    /// The ticks at which the plan asks it.
    needed: BTreeSet<usize>,
}

impl FactStore {
    /// The answer, if it is still true.
    pub(crate) fn get(&self, id: &QuestionId) -> Option<(&Result<Answer>, &[Scope])> {
        let held = self.held.get(id)?;
        Some((held.answer.as_ref()?, held.question.reads.as_slice()))
    }

    /// All questions with their answers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Question, &Result<Answer>)> {
        self.held.values().filter_map(|it| Some((&it.question, it.answer.as_ref()?)))
    }

    /// Keeps an answer.
    pub(crate) fn put(&mut self, question: Question, answer: Result<Answer>) {
        if let Ok(answer) = &answer {
            self.aliases.answered(question.id.fact, &question.reads, answer);
        }
        let needed = self.held.remove(&question.id).map(|it| it.needed).unwrap_or_default();
        let held = Held { question, answer: Some(answer), needed };
        self.held.insert(held.question.id.clone(), held);
    }

    /// Keeps an answer that the host was not asked for, until a tick of the plan.
    pub(crate) fn assume(&mut self, question: Question, answer: Answer, until: usize) {
        let id = question.id.clone();
        self.put(question, Ok(answer));
        self.needed(&id, until);
    }

    /// The questions, and those about the directories on the way to what is known and asked: any of these may be a link, so
    /// that what is read by one path is written by another. A directory that all the paths are in makes no difference. They
    /// cost no exchange of their own, and a look at many paths is one command.
    pub(crate) fn with_parents(&self, mut questions: Vec<Question>) -> Vec<Question> {
        let Some(first) = questions.first() else { return questions };
        let mut all_paths: HashSet<&str> = HashSet::new();
        // In the order of their paths: what a host is asked is the same each time.
        let mut through: BTreeMap<&str, Vec<&SharedContext>> = BTreeMap::new();
        let held = self.held.values().map(|it| &it.question);
        for question in questions.iter().chain(held) {
            let context = &question.id.context;
            for scope in &question.reads {
                let Some(path) = path(scope) else { continue };
                all_paths.insert(path);
                // Another account is not gone to for it.
                let is_at_hand =
                    questions.iter().any(|it| it.id.context.account == context.account);
                let context = if is_at_hand { context } else { &first.id.context };
                for directory in directories(scope) {
                    let contexts = through.entry(directory).or_default();
                    if !contexts.contains(&context) {
                        contexts.push(context);
                    }
                }
            }
        }
        through.retain(|directory, _| !all_paths.iter().all(|it| is_in(it, directory)));
        let asked: HashSet<&QuestionId> = questions.iter().map(|it| &it.id).collect();
        let mut parents = Vec::new();
        for (directory, contexts) in through {
            let entry = Entry { path: directory.to_owned() };
            let all = contexts.into_iter().map(|it| Question::new(&entry, Arc::clone(it)));
            parents.extend(all.filter(|it| self.get(&it.id).is_none() && !asked.contains(&it.id)));
        }
        questions.append(&mut parents);
        questions
    }

    /// Notes that the plan asks this at a tick.
    pub(crate) fn needed(&mut self, id: &QuestionId, tick: usize) {
        if let Some(held) = self.held.get_mut(id) {
            held.needed.insert(tick);
        }
    }

    /// Notes what the calls of the plan touch, by tick.
    pub(crate) fn plan(&mut self, touches: impl IntoIterator<Item = (usize, Vec<Scope>)>) {
        self.planned = touches.into_iter().collect();
    }

    /// The links that are known.
    pub(crate) fn aliases(&self) -> Aliases {
        self.aliases.clone()
    }

    /// Forgets what depends on what was touched, by whatever name; `effects` is what then is true of links. Returns the
    /// questions that later calls will ask again, with the last of these, so that they can go out together with the
    /// change. One that is to be forgotten once more before it is asked waits for that.
    pub(crate) fn forget(
        &mut self,
        touched: Vec<Scope>,
        effects: &[Effect],
        tick: usize,
    ) -> Vec<(Question, usize)> {
        let touched = self.aliases.touched(touched, effects);
        let mut again = Vec::new();
        let planned = &self.planned;
        self.held.retain(|_, held| {
            let reads = &held.question.reads;
            if !touch(&touched, reads) {
                return true;
            }
            held.answer = None;
            let (Some(next), Some(last)) =
                (held.needed.range(tick + 1..).next(), held.needed.last())
            else {
                return false;
            };
            if !planned.range(tick + 1..*next).any(|(_, touches)| touch(touches, reads)) {
                again.push((held.question.clone(), *last));
            }
            true
        });
        again
    }
}

/// The paths that an answer depends on.
fn path(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Path(path) | Scope::Tree(path) => Some(path),
        Scope::Topic(_) | Scope::Anything => None,
    }
}

/// Whether a path is that of the directory, or of something in it.
fn is_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// The directories that something leads through, the root left out. What is below a directory leads through that one too;
/// only where its path begins at the root, else it may be a thing of another kind.
fn directories(scope: &Scope) -> impl Iterator<Item = &str> {
    let is_below = matches!(scope, Scope::Tree(path) if path.starts_with('/'));
    std::iter::successors(path(scope).map(|it| it.trim_end_matches('/')), |it| {
        it.rsplit_once('/').map(|(directory, _)| directory.trim_end_matches('/'))
    })
    .skip(usize::from(!is_below))
    .take_while(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_directories() {
        let through = |scope: Scope| directories(&scope).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            through(Scope::path("/srv/app//conf/x/")),
            ["/srv/app//conf", "/srv/app", "/srv"]
        );
        assert_eq!(through(Scope::path("app/x")), ["app"]);
        for alone in ["/srv", "/", "x"] {
            assert!(through(Scope::path(alone)).is_empty());
        }
        assert_eq!(through(Scope::tree("/srv/app")), ["/srv/app", "/srv"]);
        assert!(through(Scope::tree("postgresql:")).is_empty());
        assert!(through(Scope::tree("/")).is_empty());
    }
}
