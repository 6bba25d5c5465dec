//! Call paths: where in the scripts a call stands, with the calls and loops that led there.
//!
//! The same call on different hosts has the same path, and paths sort in the order in which a script
//! runs, so that hosts can be kept in step although their loops and branches differ.

use std::sync::Arc;

use rhai::debugger::CallStackFrame;
use rhai::{Position, Stmt};

use crate::place::Place;

/// One leg of the way: a loop with its iteration, or a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Leg {
    line: usize,
    column: usize,
    /// The iteration of a loop, from 1; 0 for a call. Of a block that hosts pass in batches, the batch.
    iteration: usize,
    file: Arc<str>,
    /// Whether it says in which batch the host passes a block.
    is_batch: bool,
}

/// A call of an operation, comparable across hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallPath {
    legs: Vec<Leg>,
    /// Which visit of the same place it is, from 0.
    visit: usize,
}

impl CallPath {
    /// The same call in the first batch: what is the same for all hosts.
    pub(crate) fn without_batches(&self) -> Self {
        let mut path = self.clone();
        path.legs.iter_mut().filter(|it| it.is_batch).for_each(|it| it.iteration = 0);
        path
    }
}

/// A loop that is being run.
#[derive(Debug)]
struct Loop {
    level: usize,
    at: Position,
    first: Position,
    end: Position,
    file: Arc<str>,
    iteration: usize,
}

/// Where the evaluation on this thread is.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// What led to the script that is being evaluated: the scripts' order, includes.
    base: Vec<Leg>,
    /// The script that is being evaluated.
    file: Arc<str>,
    loops: Vec<Loop>,
    visits: std::collections::HashMap<Vec<Leg>, usize>,
}

impl Trail {
    /// A trail in the nth script of a run.
    pub(crate) fn enter_script(&mut self, index: usize, file: &Arc<str>) {
        self.loops.clear();
        self.file = Arc::clone(file);
        self.base = vec![leg(Some(index), None, 0, Arc::clone(file))];
    }

    /// Goes into a block that hosts pass in batches; give what it returns to
    /// [`leave_block`](Self::leave_block). What hosts of a later batch do in it comes after all that hosts of
    /// an earlier one do in it.
    /// The same block again, as in a closure that `map` calls, comes after all of that.
    pub(crate) fn enter_block(&mut self, block: &CallPath, batch: usize) -> Vec<Leg> {
        let mut base = block.legs.clone();
        let visit = Some(block.visit);
        base.push(Leg { iteration: batch, is_batch: true, ..leg(visit, None, 0, "".into()) });
        std::mem::replace(&mut self.base, base)
    }

    /// Comes out of a block.
    pub(crate) fn leave_block(&mut self, base: Vec<Leg>) {
        self.base = base;
    }

    /// Goes into an included script; give what it returns to [`leave`](Self::leave).
    pub(crate) fn enter(&mut self, stack: &[CallStackFrame], at: &Place, file: &Arc<str>) -> Outer {
        let CallPath { legs: mut base, visit } = self.call(stack, at);
        base.push(leg(Some(visit), None, 0, "".into()));
        let loops = std::mem::take(&mut self.loops);
        let file = std::mem::replace(&mut self.file, Arc::clone(file));
        Outer { base: std::mem::replace(&mut self.base, base), file, loops }
    }

    /// Where an included script, or a batch, begins.
    pub(crate) fn here(&self) -> CallPath {
        CallPath { legs: self.base.clone(), visit: 0 }
    }

    /// The script that is being evaluated, by the name that errors show.
    pub(crate) fn file(&self) -> Arc<str> {
        Arc::clone(&self.file)
    }

    /// Comes back from an included script.
    pub(crate) fn leave(&mut self, outer: Outer) {
        self.base = outer.base;
        self.file = outer.file;
        self.loops = outer.loops;
    }

    /// Notes a statement: a loop begins or goes round, or is left.
    ///
    /// `level` is how many calls are open.
    pub(crate) fn statement(
        &mut self,
        level: usize,
        stmt: Option<&Stmt>,
        at: Position,
        file: &str,
    ) {
        self.loops.retain(|it| {
            it.level < level
                || (it.level == level && (it.at..=it.end).contains(&at) && *it.file == *file)
        });
        if let Some(current) = self.loops.iter_mut().rev().find(|it| it.level == level)
            && current.first == at
        {
            current.iteration += 1;
        }
        let Some(stmt) = stmt else { return };
        if let Some((first, end)) = body(stmt) {
            self.loops.retain(|it| it.level != level || it.at != at);
            let file = Arc::from(file);
            self.loops.push(Loop { level, at, first, end, file, iteration: 0 });
        }
    }

    /// The path of a call; each visit of the same place counts.
    pub(crate) fn call(&mut self, stack: &[CallStackFrame], at: &Place) -> CallPath {
        let legs = self.legs(stack, at);
        let visits = self.visits.entry(legs.clone()).or_default();
        let visit = *visits;
        *visits += 1;
        CallPath { legs, visit }
    }

    /// The calls that led here (without the native call itself), then the place, each behind the
    /// loops that run around it.
    fn legs(&self, stack: &[CallStackFrame], at: &Place) -> Vec<Leg> {
        let mut legs = self.base.clone();
        let mut loops = self.loops.iter().peekable();
        for (level, frame) in stack.iter().enumerate() {
            while let Some(it) = loops.next_if(|it| it.level <= level) {
                legs.push(loop_leg(it));
            }
            let file = frame.source.as_deref().unwrap_or_default().into();
            legs.push(leg(frame.pos.line(), frame.pos.position(), 0, file));
        }
        legs.extend(loops.map(loop_leg));
        legs.push(leg(Some(at.line), Some(at.column), 0, Arc::clone(&at.file)));
        legs
    }
}

/// What a trail was before it went into an included script.
#[derive(Debug)]
pub(crate) struct Outer {
    base: Vec<Leg>,
    file: Arc<str>,
    loops: Vec<Loop>,
}

fn loop_leg(it: &Loop) -> Leg {
    leg(it.at.line(), it.at.position(), it.iteration, Arc::clone(&it.file))
}

fn leg(line: Option<usize>, column: Option<usize>, iteration: usize, file: Arc<str>) -> Leg {
    let (line, column) = (line.unwrap_or(0), column.unwrap_or(0));
    Leg { line, column, iteration, file, is_batch: false }
}

/// The first statement of a loop's body, and the body's end.
fn body(stmt: &Stmt) -> Option<(Position, Position)> {
    let body = match stmt {
        Stmt::While(flow, _) | Stmt::Do(flow, ..) => &flow.body,
        Stmt::For(parts, _) => &parts.2.body,
        _ => return None,
    };
    let first = body.statements().first()?.position();
    let span = body.span();
    let end = if span.end().is_none() { Position::new(u16::MAX, u16::MAX) } else { span.end() };
    Some((first, end))
}
