//! Versions of Python packages: which of two is newer. PEP 440; the parts that it calls local are
//! compared only for equality.

use std::cmp::Ordering;

/// A version, in parts that compare as PEP 440 orders them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    epoch: u64,
    release: Vec<u64>,
    /// Where it stands beside its release: development, pre-release, the release itself, a post-release.
    stage: Vec<(i8, u64)>,
}

impl Version {
    /// Reads `1!2.0rc1.post2.dev3+local`; `None` where it is no version.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']).to_ascii_lowercase();
        let text = text.split('+').next()?;
        let (epoch, rest) = text.split_once('!').unwrap_or(("0", text));
        let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(rest.len());
        let (release, suffix) = rest.split_at(end);
        let numbers = release.trim_end_matches('.').split('.').map(|it| it.parse().ok());
        let release = numbers.collect::<Option<Vec<u64>>>()?;
        Some(Self { epoch: epoch.parse().ok()?, release, stage: stage(suffix)? })
    }

    /// Whether the release begins with these numbers.
    fn starts_with(&self, other: &[u64]) -> bool {
        other.iter().enumerate().all(|(at, it)| self.release.get(at).unwrap_or(&0) == it)
    }
}

/// The marks after a release's numbers, and a last one for the release itself: a version with fewer
/// marks is newer than one with a further `dev`, and older than one with a further `post`.
fn stage(suffix: &str) -> Option<Vec<(i8, u64)>> {
    let mut marks = Vec::new();
    let mut rest = suffix.trim_start_matches(['.', '-', '_']);
    while !rest.is_empty() {
        let end = rest.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let rank = match word {
            "dev" => -4,
            "a" | "alpha" => -3,
            "b" | "beta" => -2,
            "c" | "rc" | "pre" | "preview" => -1,
            "post" | "rev" | "r" => 1,
            _ => return None,
        };
        let after = after.trim_start_matches(['.', '-', '_']);
        let end = after.find(|it: char| !it.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(end);
        marks.push((rank, if number.is_empty() { 0 } else { number.parse().ok()? }));
        rest = after.trim_start_matches(['.', '-', '_']);
    }
    marks.push((0, 0));
    Some(marks)
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.release.len().max(other.release.len());
        let padded = |it: &Self| {
            let mut numbers = it.release.clone();
            numbers.resize(length, 0);
            numbers
        };
        let epochs = self.epoch.cmp(&other.epoch);
        epochs
            .then_with(|| padded(self).cmp(&padded(other)))
            .then_with(|| self.stage.cmp(&other.stage))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a version meets specifiers: `>=2.0,<3`, `==2.*`, `~=2.2`. What cannot be read is not met, so
/// that pip decides.
pub(crate) fn meets(specifiers: &str, version: &str) -> bool {
    specifiers.split(',').all(|specifier| meets_one(specifier.trim(), version) == Some(true))
}

fn meets_one(specifier: &str, version: &str) -> Option<bool> {
    let end = specifier.find(|it: char| !"=<>!~".contains(it))?;
    let (operator, wanted) = specifier.split_at(end);
    let wanted = wanted.trim();
    if operator == "===" || (operator == "==" && wanted == version) {
        return Some(wanted == version);
    }
    let found = Version::read(version)?;
    if let Some(start) = wanted.strip_suffix(".*") {
        let covers = found.starts_with(&Version::read(start)?.release);
        return match operator {
            "==" => Some(covers),
            "!=" => Some(!covers),
            _ => None,
        };
    }
    let limit = Version::read(wanted)?;
    let order = found.cmp(&limit);
    Some(match operator {
        "==" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        ">=" => order != Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        "<" => order == Ordering::Less,
        "~=" => {
            let start = limit.release.split_last().map(|(_, start)| start).unwrap_or_default();
            order != Ordering::Less && found.starts_with(start)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions() {
        let versions = [
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0b2",
            "1.0rc1",
            "1.0",
            "1.0.post1",
            "1.1",
            "1.10",
            "1!0.1",
        ];
        for pair in versions.windows(2) {
            let [older, newer] = pair else { panic!("windows are pairs") };
            assert!(Version::read(older) < Version::read(newer), "{older} {newer}");
        }
        assert_eq!(Version::read("1.0").cmp(&Version::read("v1.0.0+x")), Ordering::Equal);
        assert_eq!(Version::read("latest"), None);
    }

    #[test]
    fn specifiers_are_met_or_not() {
        for (specifiers, version, expected) in [
            ("==1.0", "1.0.0", true),
            ("==1.*", "1.9", true),
            ("!=1.*", "1.9", false),
            (">=1.2,<2", "1.10", true),
            (">=1.2,<2", "2.0", false),
            ("~=1.4.2", "1.4.9", true),
            ("~=1.4.2", "1.5", false),
            ("~=1.4", "1.5", true),
            (">1", "1.0", false),
            ("===1.0", "1.0.0", false),
            (">=latest", "1.0", false),
        ] {
            assert_eq!(meets(specifiers, version), expected, "{specifiers} {version}");
        }
    }
}
