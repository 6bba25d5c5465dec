//! A file that several operations in a row write.
//!
//! Six `files.line` on `/etc/environment` would replace it six times, and nobody sees the texts between: nothing runs on the
//! host from one to the next. Starting programs is what a host spends its time on, so the first of them writes what the last
//! one wants, and those behind it only tell that this has happened. If it fails, nothing behind it runs, as always.

use crate::connectors::job::{Action, Content, OnFailure, Put, Step};

/// What one of the steps that go out together has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What it says.
    Whole,
    /// It writes what the step at this place says, and tells those behind it.
    Ahead(usize),
    /// The step at this place has written it.
    Written(usize),
}

/// The part of each of the steps.
pub(super) fn parts(steps: &[Step]) -> Vec<Part> {
    let mut parts = vec![Part::Whole; steps.len()];
    let mut first = 0;
    while first < steps.len() {
        let last = last_of_row(steps, first);
        for (place, part) in parts.iter_mut().enumerate().take(last + 1).skip(first) {
            *part = match place {
                _ if last == first => Part::Whole,
                _ if place == first => Part::Ahead(last),
                _ => Part::Written(first),
            };
        }
        first = last + 1;
    }
    parts
}

/// The last step of the row that begins with the one at this place.
fn last_of_row(steps: &[Step], first: usize) -> usize {
    let mut last = first;
    while let (Some(step), Some(next)) = (steps.get(last), steps.get(last + 1)) {
        // Whoever ends the run behind an operation must not find the next one done in part.
        let is_all_of_it = steps.get(last + 2).is_none_or(|it| it.group != next.group);
        let is_first_of_it = first == 0
            || steps.get(first - 1).zip(steps.get(first)).is_none_or(|(a, b)| a.group != b.group);
        if !is_all_of_it || !is_first_of_it || !replaces(step, next) {
            break;
        }
        last += 1;
    }
    last
}

/// Whether all that a step does is done again by the next one, which is another operation's.
fn replaces(step: &Step, next: &Step) -> bool {
    let (Action::Put(put), Action::Put(next_put)) = (&step.action, &next.action) else {
        return false;
    };
    put.path == next_put.path
        && step.group != next.group
        && is_content_alone(put)
        && is_content_alone(next_put)
        && [step, next]
            .iter()
            .all(|it| it.on_failure == OnFailure::StopJob && !it.always && it.success_codes == [0])
        && step.env == next.env
        && step.chdir == next.chdir
}

/// Whether nothing else is done with the file. A check that the text must pass is for each text.
fn is_content_alone(put: &Put) -> bool {
    let Put { content, path: _, mode, user, group, backup, validate, atime, mtime } = put;
    matches!(content, Content::Bytes(_))
        && mode.is_none()
        && [user, group, backup, validate].iter().all(|it| it.is_none())
        && [atime, mtime].iter().all(|it| it.is_none())
}

#[cfg(test)]
mod tests {
    use super::Part::{Ahead, Whole, Written};
    use super::*;

    fn write(group: usize, path: &str) -> Step {
        let put = Put::new(path, Content::Bytes(b"x\n".to_vec()));
        Step { group, ..Step::new(Action::Put(put)) }
    }

    fn run(group: usize) -> Step {
        let script = "true".to_owned();
        Step { group, ..Step::new(Action::Run { script, stdin: None, requires: None }) }
    }

    #[test]
    fn the_first_of_a_row_writes_for_all() {
        let steps = [write(0, "/a"), write(1, "/a"), write(2, "/a"), write(3, "/b"), run(4)];
        assert_eq!(parts(&steps), [Ahead(2), Written(0), Written(0), Whole, Whole]);
        let steps = [run(0), write(1, "/a"), write(2, "/a"), write(3, "/b"), write(4, "/b")];
        assert_eq!(parts(&steps), [Whole, Ahead(2), Written(1), Ahead(4), Written(3)]);
        assert_eq!(parts(&[]), []);
    }

    #[test]
    fn what_runs_between_sees_each_text() {
        let steps = [write(0, "/a"), run(1), write(2, "/a")];
        assert_eq!(parts(&steps), [Whole; 3]);
    }

    #[test]
    fn an_operation_of_several_steps_is_not_begun_by_another() {
        let steps = [write(0, "/a"), write(1, "/a"), run(1)];
        assert_eq!(parts(&steps), [Whole; 3]);
        let steps = [run(0), write(0, "/a"), write(1, "/a")];
        assert_eq!(parts(&steps), [Whole; 3]);
    }

    #[test]
    fn more_than_content_is_done_by_each() {
        let changes: [fn(&mut Put); 4] = [
            |it| it.mode = Some(0o600),
            |it| it.user = Some("app".to_owned()),
            |it| it.backup = Some("/a.old".to_owned()),
            |it| it.validate = Some("visudo -cf %s".to_owned()),
        ];
        for change in changes {
            for at in [0, 1] {
                let mut steps = [write(0, "/a"), write(1, "/a")];
                if let Action::Put(put) = &mut steps[at].action {
                    change(put);
                }
                assert_eq!(parts(&steps), [Whole; 2]);
            }
        }
        for at in [0, 1] {
            let mut steps = [write(0, "/a"), write(1, "/a")];
            steps[at].on_failure = OnFailure::Continue;
            assert_eq!(parts(&steps), [Whole; 2]);
        }
    }
}
