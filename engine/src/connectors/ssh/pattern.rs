//! The patterns of `ssh_config` and `known_hosts`: `*`, `?`, and lists in which `!` refuses.
//!
//! Source: `ssh_config(5)`, section PATTERNS.

/// Whether `text` is matched by one pattern; letters count as they are.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut pattern_at) = (0, 0);
    // Where the last `*` was and how much text it has swallowed so far; enough to go back to.
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(pattern_at) {
            Some('*') => {
                star = Some((pattern_at, at));
                pattern_at += 1;
                continue;
            }
            Some(&wanted) if wanted == '?' || text.get(at) == Some(&wanted) => {
                at += 1;
                pattern_at += 1;
                continue;
            }
            _ => {}
        }
        let Some((star_at, swallowed)) = star else { return false };
        star = Some((star_at, swallowed + 1));
        at = swallowed + 1;
        pattern_at = star_at + 1;
    }
    pattern.get(pattern_at..).is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}

/// Whether a list accepts `text`: one pattern has to match and none of those with `!` may.
pub(super) fn matches_list<'a>(text: &str, patterns: impl IntoIterator<Item = &'a str>) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(refused) if matches(text, refused) => return false,
            Some(_) => {}
            None => found = found || matches(text, pattern),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{matches, matches_list};

    #[test]
    fn patterns_match_as_in_the_manual() {
        for (text, pattern, expected) in [
            ("web1", "web1", true),
            ("web1", "web?", true),
            ("web", "web?", false),
            ("web12", "web*", true),
            ("web", "web*", true),
            ("a.b.example.net", "*.example.net", true),
            ("example.net", "*.example.net", false),
            ("abcabc", "*abc", true),
            ("abcabd", "*abc", false),
            ("", "*", true),
            ("", "?", false),
            ("web1", "WEB1", false),
            ("[::1]:2222", "[::1]:2222", true),
            ("aXbXc", "a*b*c", true),
            ("aXbX", "a*b*c", false),
        ] {
            assert_eq!(matches(text, pattern), expected, "{text} against {pattern}");
        }
    }

    #[test]
    fn a_refusal_wins_wherever_it_stands() {
        for (text, list, expected) in [
            ("web1", "web*", true),
            ("web1", "web*,!web1", false),
            ("web1", "!web1,web*", false),
            ("web2", "!web1,web*", true),
            ("db", "!web1", false),
        ] {
            assert_eq!(matches_list(text, list.split(',')), expected, "{text} against {list}");
        }
    }
}
