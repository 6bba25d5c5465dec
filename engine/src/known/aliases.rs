//! Several names of one file: what is done to `sites-available/app` is done to `sites-enabled/app` too, where that is a link
//! to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::args::Args;
use crate::command::{Effect, Scope, tidy};
use crate::fact::Answer;
use crate::facts::files::{Entry, EntryInfo, EntryKind};

/// More names than this are not followed: links that lead into each other have no end of them.
const NAMES: usize = 64;

/// The symbolic links that are known of a host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aliases {
    /// Where each leads, without `.` and `..`.
    links: BTreeMap<String, String>,
}

impl Aliases {
    /// What an operation touches by all its names; afterwards what it states of links holds.
    pub(crate) fn touched(&mut self, scopes: Vec<Scope>, effects: &[Effect]) -> Vec<Scope> {
        // One that makes or removes a link does nothing to what the link led to.
        for effect in effects {
            let stated = entry(effect.key.0, &effect.reads, &effect.answer);
            if let Some((path, entry)) = stated
                && entry.is_none_or(|it| it.kind == EntryKind::Link)
            {
                self.learn(path, None);
            }
        }
        let touched = self.spread(scopes);
        for effect in effects {
            self.answered(effect.key.0, &effect.reads, &effect.answer);
        }
        touched
    }

    /// Takes in the answer to a question, if it says what is at a path.
    pub(crate) fn answered(&mut self, fact: &str, reads: &[Scope], answer: &Answer) {
        if let Some((path, entry)) = entry(fact, reads, answer) {
            self.learn(path, entry.as_ref().and_then(|it| it.info.link_target.as_deref()));
        }
    }

    /// What is at a path: a link to `target`, or something else.
    fn learn(&mut self, path: &str, target: Option<&str>) {
        let path = tidy(path);
        match target {
            Some(target) if target.starts_with('/') => {
                self.links.insert(path, tidy(target));
            }
            Some(target) => {
                let folder = path.rsplit_once('/').map(|(folder, _)| folder);
                let target = tidy(&folder.map_or(target.to_owned(), |it| format!("{it}/{target}")));
                self.links.insert(path, target);
            }
            None => {
                self.links.remove(&path);
            }
        }
    }

    /// The same parts of the host by all their names.
    fn spread(&self, touched: Vec<Scope>) -> Vec<Scope> {
        if self.links.is_empty() {
            return touched;
        }
        let mut spread = Vec::with_capacity(touched.len());
        for scope in touched {
            match &scope {
                Scope::Path(path) => spread.extend(self.names(path).map(Scope::Path)),
                Scope::Tree(path) => {
                    let below = format!("{}/", tidy(path));
                    let leads_there = |(_, target): &(_, &String)| target.starts_with(&below);
                    let into = self.links.iter().filter(leads_there);
                    spread.extend(into.map(|(link, _)| Scope::Tree(link.clone())));
                    spread.extend(self.names(path).map(Scope::Tree));
                }
                Scope::Topic(_) | Scope::Anything => {}
            }
            spread.push(scope);
        }
        spread
    }

    /// The other names of a path.
    fn names(&self, path: &str) -> impl Iterator<Item = String> {
        let first = tidy(path);
        let mut names = BTreeSet::from([first.clone()]);
        let mut open = vec![first.clone()];
        while let Some(name) = open.pop() {
            for (link, target) in &self.links {
                for (from, to) in [(link, target), (target, link)] {
                    let Some(rest) = name.strip_prefix(from.as_str()) else { continue };
                    let other = format!("{to}{rest}");
                    let is_part = rest.is_empty() || rest.starts_with('/');
                    if is_part && names.len() < NAMES && names.insert(other.clone()) {
                        open.push(other);
                    }
                }
            }
        }
        names.into_iter().filter(move |name| *name != first)
    }
}

/// What an answer says is at a path.
fn entry<'a>(
    fact: &str,
    reads: &'a [Scope],
    answer: &Answer,
) -> Option<(&'a str, Option<EntryInfo>)> {
    let [Scope::Path(path)] = reads else { return None };
    if fact != Entry::NAME {
        return None;
    }
    Some((path, (*answer.value::<Option<EntryInfo>>().ok()?).clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(aliases: &Aliases, scope: Scope) -> Vec<String> {
        let shown = |it: Scope| match it {
            Scope::Path(path) => path,
            Scope::Tree(path) => format!("{path}/**"),
            other => format!("{other:?}"),
        };
        aliases.spread(vec![scope]).into_iter().map(shown).collect()
    }

    #[test]
    fn a_file_is_touched_by_all_its_names() {
        let mut aliases = Aliases::default();
        aliases.learn("/etc/nginx/sites-enabled/app", Some("../sites-available/app"));
        aliases.learn("/srv/current", Some("/srv/releases/1"));
        aliases.learn("/srv/now", Some("current"));
        let cases: [(Scope, &[&str]); 6] = [
            (
                Scope::path("/etc/nginx/sites-available/app"),
                &["/etc/nginx/sites-enabled/app", "/etc/nginx/sites-available/app"],
            ),
            (
                Scope::path("/etc/nginx/sites-enabled/app"),
                &["/etc/nginx/sites-available/app", "/etc/nginx/sites-enabled/app"],
            ),
            (Scope::path("/srv/now/x"), &["/srv/current/x", "/srv/releases/1/x", "/srv/now/x"]),
            (Scope::tree("/srv/releases"), &["/srv/current/**", "/srv/releases/**"]),
            (Scope::path("/srv/releases/10"), &["/srv/releases/10"]),
            (Scope::Anything, &["Anything"]),
        ];
        for (scope, expected) in cases {
            assert_eq!(spread(&aliases, scope), expected);
        }
        aliases.learn("enabled", Some("./available"));
        assert_eq!(spread(&aliases, Scope::path("enabled")), ["available", "enabled"]);
        aliases.learn("/etc/nginx/sites-enabled/app", None);
        let alone = ["/etc/nginx/sites-available/app"];
        assert_eq!(spread(&aliases, Scope::path("/etc/nginx/sites-available/app")), alone);
    }

    #[test]
    fn links_that_lead_into_each_other_come_to_an_end() {
        let mut aliases = Aliases::default();
        aliases.learn("/a", Some("/b"));
        aliases.learn("/b", Some("/a"));
        aliases.learn("/c", Some("/c/c"));
        assert_eq!(spread(&aliases, Scope::path("/a")), ["/b", "/a"]);
        assert_eq!(spread(&aliases, Scope::path("/c")).len(), NAMES);
    }
}
