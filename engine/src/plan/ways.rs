//! Which way a plan goes where the script decides by a value that is not known yet.
//!
//! Each decision goes as if the value were true, unless that ends the script: a plan that ended with `throw` for
//! the sake of a value that nobody knows would hide all that comes after it.

use std::collections::BTreeSet;

use crate::place::Problem;

/// More decisions by unknown values than this are followed one way only.
pub(crate) const DECISIONS: usize = 16;

/// How an evaluation ended.
pub(crate) type Ended = Result<(), Vec<Problem>>;

/// The decisions that go the other way, by number.
pub(crate) type Reversed = BTreeSet<usize>;

/// The decisions that must go the other way for the script to come to its end, or further. `first` is how it ended
/// with none of them, `evaluate` tries others and says how many decisions it met.
pub(crate) fn further<Error>(
    first: (usize, &Ended),
    mut evaluate: impl FnMut(&Reversed) -> Result<(usize, Ended), Error>,
) -> Result<Reversed, Error> {
    let mut reversed = Reversed::new();
    let (mut met, mut ended) = (first.0, first.1.clone());
    'further: while ended.is_err() {
        for index in (0..met.min(DECISIONS)).rev().filter(|it| !reversed.contains(it)) {
            let other: Reversed = reversed.iter().copied().chain([index]).collect();
            let (other_met, other_ended) = evaluate(&other)?;
            if !is_same(&ended, &other_ended) {
                (reversed, met, ended) = (other, other_met, other_ended);
                continue 'further;
            }
        }
        break;
    }
    Ok(reversed)
}

/// Whether two evaluations ended in the same way.
pub(crate) fn is_same(one: &Ended, other: &Ended) -> bool {
    let first = |ended: &Ended| {
        let problem = ended.as_ref().err().and_then(|it| it.first());
        problem.map(|it| (it.place.clone(), it.error.message.clone()))
    };
    first(one) == first(other)
}
