//! `a.b(…).c[0]`: what stands before the first dot, and the steps behind it.

use rhai::{ASTFlags, Expr, FnCallExpr, Position};

/// One step of a chain.
pub(super) enum Step<'a> {
    /// `.name`
    Property(&'a str, Position),
    /// `.name(…)`
    Method(&'a FnCallExpr, Position),
    /// `[index]`
    Index(&'a Expr),
}

/// The root of a chain and its steps, in the order in which they are written.
pub(super) fn flatten(expr: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let mut steps = Vec::new();
    let root = root(expr, &mut steps);
    (root, steps)
}

fn root<'a>(expr: &'a Expr, steps: &mut Vec<Step<'a>>) -> &'a Expr {
    match expr {
        Expr::Dot(parts, flags, _) => {
            let first = root(&parts.lhs, steps);
            rest(&parts.rhs, false, *flags, steps);
            first
        }
        Expr::Index(parts, flags, _) => {
            let first = root(&parts.lhs, steps);
            rest(&parts.rhs, true, *flags, steps);
            first
        }
        other => other,
    }
}

/// The right side of a dot or a bracket. It goes on with the chain unless the flags say that the chain
/// ends there: `a[i].b` is `a[(i.b)]` but for the flag.
fn rest<'a>(expr: &'a Expr, index: bool, flags: ASTFlags, steps: &mut Vec<Step<'a>>) {
    let goes_on = !flags.contains(ASTFlags::BREAK);
    match expr {
        Expr::Dot(parts, flags, _) if goes_on => {
            step(&parts.lhs, index, steps);
            rest(&parts.rhs, false, *flags, steps);
        }
        Expr::Index(parts, flags, _) if goes_on => {
            step(&parts.lhs, index, steps);
            rest(&parts.rhs, true, *flags, steps);
        }
        one => step(one, index, steps),
    }
}

fn step<'a>(expr: &'a Expr, index: bool, steps: &mut Vec<Step<'a>>) {
    steps.push(match expr {
        Expr::Property(parts, at) if !index => Step::Property(parts.2.as_str(), *at),
        Expr::MethodCall(call, at) if !index => Step::Method(call, *at),
        other => Step::Index(other),
    });
}
