//! Hosts with equal results, folded into one line.

use crate::words;

/// Values in the order in which they first came, each with its hosts.
#[derive(Debug)]
pub(crate) struct Folded<'a, T> {
    /// Their values, equal by the key.
    pub(crate) values: Vec<&'a T>,
    /// The hosts.
    pub(crate) hosts: Vec<&'a str>,
}

impl<'a, T> Folded<'a, T> {
    /// One value for all.
    pub(crate) fn first(&self) -> Option<&'a T> {
        self.values.first().copied()
    }
}

/// Folds values that are equal by `key`.
pub(crate) fn fold<'a, T, K: PartialEq>(
    values: impl IntoIterator<Item = &'a T>,
    host: impl Fn(&'a T) -> &'a str,
    key: impl Fn(&'a T) -> K,
) -> Vec<Folded<'a, T>> {
    let mut groups: Vec<(K, Folded<'a, T>)> = Vec::new();
    for value in values {
        let key = key(value);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => {
                group.values.push(value);
                group.hosts.push(host(value));
            }
            None => groups.push((key, Folded { values: vec![value], hosts: vec![host(value)] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Names in `width` columns, with their number where it is not seen at a glance.
pub(crate) fn names(hosts: &[&str], width: usize) -> String {
    if hosts.len() < 4 {
        return words::list(hosts, width);
    }
    let number = format!(" ({})", words::count(hosts.len(), "host"));
    words::list(hosts, width.saturating_sub(number.len())) + number.as_str()
}
