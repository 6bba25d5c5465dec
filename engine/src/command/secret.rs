//! Values that must not be shown.
//!
//! A secret travels as its own type as far as types go, and its text is remembered for the life of
//! the process, so that it can be taken out of everything that is printed, logged or reported, also
//! where a script joined it to other text or a host sent it back.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Texts to hide, the longest first so that a secret that contains another is hidden whole.
static HIDDEN: RwLock<Vec<Arc<str>>> = RwLock::new(Vec::new());

/// What stands where a secret stood.
const MASK: &str = "***";

/// Shorter texts are hidden as a typed secret but not searched for in output: replacing every `a`
/// would make the output unreadable and give the secret away all the same.
const SHORTEST: usize = 3;

/// From this length on, a secret's lines and its base64 are hidden as well: shorter ones stand in text that has
/// nothing to do with it.
const LONG: usize = 8;

/// From this length on, a part of a secret is hidden as well where it is made of more than letters, or than digits:
/// `hunter2`, but not `server`.
const MIXED: usize = 6;

/// Text that shows as `***`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Hides `text` from now on, here and in all output.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let trimmed = text.trim();
        if trimmed.len() >= SHORTEST {
            let mut hidden = HIDDEN.write().unwrap_or_else(PoisonError::into_inner);
            for form in forms(trimmed) {
                if !hidden.iter().any(|known| **known == *form) {
                    hidden.push(form.into());
                }
            }
            hidden.sort_by_key(|it| std::cmp::Reverse(it.len()));
        }
        Self(text)
    }

    /// Text of which only parts are secret, and those are hidden already: shows as `***` itself, but is
    /// not searched for in output.
    pub(crate) fn unlisted(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Hides what is left of a secret in a `piece` of the text `whole`, where that has one: what was cut off from
    /// it is as secret as it is. Short words stand in text that has nothing to do with it.
    pub(crate) fn cut(whole: &str, piece: &str) {
        for secret in held_by(whole) {
            if let Some(part) = part_of(&secret, piece) {
                Self::new(part);
            }
        }
    }

    /// Hides what a secret became, where that does not show it any more. Of a text with more in it than a secret nobody
    /// knows what became of that.
    pub(crate) fn changed(before: &str, after: &str) {
        let is_secret = || held_by(before).iter().any(|it| **it == *before.trim());
        if after.trim().len() >= LONG && before.trim() != after.trim() && is_secret() {
            Self::new(after);
        }
    }

    /// The text itself, for the wire.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// The secrets that stand in a text.
fn held_by(text: &str) -> Vec<Arc<str>> {
    let hidden = HIDDEN.read().unwrap_or_else(PoisonError::into_inner);
    hidden.iter().filter(|it| text.contains(&***it)).cloned().collect()
}

/// The longest part of a secret that a piece of text is, begins or ends with; `None` where that is all of it, or
/// little.
fn part_of<'a>(secret: &'a str, piece: &'a str) -> Option<&'a str> {
    let piece = piece.trim();
    if !is_telling(piece) || piece.contains(secret) {
        return None;
    }
    if secret.contains(piece) {
        return Some(piece);
    }
    let cuts = || secret.char_indices().map(|(at, _)| secret.split_at(at));
    let begins = cuts().map(|(_, end)| end).find(|end| piece.starts_with(end));
    let ends = cuts().rev().map(|(begin, _)| begin).find(|begin| piece.ends_with(begin));
    begins.into_iter().chain(ends).max_by_key(|it| it.len()).filter(|it| is_telling(it))
}

/// Whether a part of a secret gives something away, and seldom stands elsewhere: it is long, or mixed as passwords are.
fn is_telling(part: &str) -> bool {
    let has = |of: fn(char) -> bool| usize::from(part.contains(of));
    let is_sign = |it: char| !it.is_alphanumeric() && !it.is_whitespace();
    let kinds = has(char::is_alphabetic) + has(char::is_numeric) + has(is_sign);
    part.len() >= LONG || (part.len() >= MIXED && kinds > 1)
}

/// Whether there is anything to hide.
pub(crate) fn has_secrets() -> bool {
    !HIDDEN.read().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// How a secret may show: as it is, quoted for a shell, in JSON, percent-encoded, in base64 wherever it begins in
/// a longer text, in hexadecimal digits, in capital or small letters, and line by line, as a diff shows it.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        super::quote(secret),
        json.trim_matches('"').to_owned(),
        percent_encoded(secret, |it| it.is_ascii_alphanumeric() || b"-._~".contains(&it)),
        percent_encoded(secret, |it| it.is_ascii_alphanumeric() || b"-._~/".contains(&it)),
    ];
    if secret.len() >= LONG {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.extend((0..3).map(|offset| in_base64(&engine, secret, offset)));
        }
        let digits = crate::bytes::hexadecimal(secret.as_bytes());
        forms.extend([digits.to_uppercase(), digits, secret.to_uppercase(), secret.to_lowercase()]);
        let lines = secret.lines().map(str::trim).filter(|it| it.len() >= LONG);
        forms.extend(lines.map(str::to_owned));
    }
    forms
}

fn percent_encoded(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if is_plain(byte) {
            encoded.push(byte.into());
        } else {
            encoded += &format!("%{byte:02X}");
        }
        encoded
    })
}

/// The characters of base64 that depend on the secret alone where `offset` bytes, modulo three, are before it.
fn in_base64(engine: &GeneralPurpose, secret: &str, offset: usize) -> String {
    let bytes = [vec![0; offset], secret.as_bytes().to_vec()].concat();
    let first = (offset * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    engine.encode(&bytes).get(first..end).unwrap_or_default().to_owned()
}

/// `text` with every known secret replaced by `***`.
pub fn scrub(text: &str) -> Cow<'_, str> {
    let hidden = HIDDEN.read().unwrap_or_else(PoisonError::into_inner);
    let mut clean = Cow::Borrowed(text);
    for secret in hidden.iter().filter(|it| text.contains(&***it)) {
        clean = Cow::Owned(clean.replace(&**secret, MASK));
    }
    clean
}

/// `text` with a star for each character of every known secret, so that all else stays in its place.
pub fn blank(text: &str) -> Cow<'_, str> {
    let hidden = HIDDEN.read().unwrap_or_else(PoisonError::into_inner);
    let mut clean = Cow::Borrowed(text);
    for secret in hidden.iter().filter(|it| text.contains(&***it)) {
        let stars = "*".repeat(secret.chars().count());
        clean = Cow::Owned(clean.replace(&**secret, &stars));
    }
    clean
}

/// Takes secrets out of bytes that come in pieces. A piece's end that may be the beginning of a secret is
/// held back until the next piece, or the end, tells; all other bytes pass unchanged.
#[derive(Debug, Default)]
pub(crate) struct Scrubber {
    held: Vec<u8>,
}

impl Scrubber {
    /// The next piece, as far as it may be shown.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(piece);
        self.pass(false)
    }

    /// What was held back, now that nothing follows.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        self.pass(true)
    }

    fn pass(&mut self, is_end: bool) -> Vec<u8> {
        let bytes = std::mem::take(&mut self.held);
        let hidden = HIDDEN.read().unwrap_or_else(PoisonError::into_inner);
        if hidden.is_empty() {
            return bytes;
        }
        let mut clean = Vec::with_capacity(bytes.len());
        let mut rest = bytes.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let may_go_on =
                |it: &&Arc<str>| it.len() > rest.len() && it.as_bytes().starts_with(rest);
            if !is_end && hidden.iter().any(|it| may_go_on(&it)) {
                self.held = rest.to_vec();
                break;
            }
            // The longest comes first, so that a secret that contains another is hidden whole.
            if let Some(behind) = hidden.iter().find_map(|it| rest.strip_prefix(it.as_bytes())) {
                clean.extend_from_slice(MASK.as_bytes());
                rest = behind;
            } else {
                clean.push(*first);
                rest = after;
            }
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_its_text_in_everything_printed() {
        let secret = Secret::new("s3cr3t-in-test");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(scrub("echo s3cr3t-in-test!"), "echo ***!");
        assert_eq!(secret.reveal(), "s3cr3t-in-test");
    }

    #[test]
    fn hides_a_secret_however_output_is_cut() {
        Secret::new("correct-horse-17");
        Secret::new("correct-horse-17-battery");
        let output = b"\xff it is correct-horse-17-battery, correct-horse-17; correct-ho\n";
        let expected = b"\xff it is ***, ***; correct-ho\n";
        for cut in 0..=output.len() {
            let (one, two) = output.split_at(cut);
            let mut scrubber = Scrubber::default();
            let shown = [scrubber.push(one), scrubber.push(two), scrubber.finish()].concat();
            assert_eq!(shown, expected, "cut at {cut}");
        }
    }

    #[test]
    fn hides_a_secret_however_it_is_encoded() {
        let secret = "pass phrase/äöü \"9\"\nsecond-line-of-it";
        Secret::new(secret);
        for before in ["", "x", "xy", "user:"] {
            let text = format!("{before}{secret} and more");
            let encoded = base64::engine::general_purpose::STANDARD.encode(&text);
            let clean = scrub(&encoded).into_owned();
            // What is left around the mask are the characters that neighbours have a part in.
            assert!(clean.contains(MASK), "{encoded}");
            assert!(clean.len() < encoded.len() - secret.len(), "{clean}");
        }
        for shown in [
            serde_json::Value::from(secret).to_string(),
            percent_encoded(secret, |it| it.is_ascii_alphanumeric() || b"-._~".contains(&it)),
            "+second-line-of-it".to_owned(),
            secret.to_uppercase(),
            crate::bytes::hexadecimal(secret.as_bytes()),
        ] {
            assert!(scrub(&shown).contains(MASK), "{shown}");
        }
    }

    #[test]
    fn hides_a_secret_that_contains_another_whole() {
        Secret::new("inner-part-7");
        Secret::new("outer-inner-part-7-outer");
        assert_eq!(scrub("x outer-inner-part-7-outer y inner-part-7"), "x *** y ***");
    }

    #[test]
    fn hides_what_was_cut_off_or_changed() {
        let secret = "ab-Piece/of+a;Secret=9";
        Secret::new(secret);
        let whole = format!("password: {secret}, user: somebody-else");
        for piece in
            ["word: ab-Piece/of+a", "Secret=9, user: so", " Piece/of+a;S", "somebody-else", "of+a"]
        {
            Secret::cut(&whole, piece);
        }
        let account = "account=deploy:hunt3r:server";
        Secret::new(account);
        for piece in account.split([':', '=']) {
            Secret::cut(account, piece);
        }
        Secret::changed(secret, "ab_Piece_of_a_Secret_9");
        Secret::changed("nothing-secret", "something-else");
        for (text, expected) in [
            ("x ab-Piece/of+a x", "x *** x"),
            ("x Secret=9 x", "x *** x"),
            ("x Piece/of+a;S x", "x *** x"),
            ("x ab_Piece_of_a_Secret_9 x", "x *** x"),
            ("account deploy on server: hunt3r", "account deploy on server: ***"),
            (
                "password: user: somebody-else something-else of+a",
                "password: user: somebody-else something-else of+a",
            ),
        ] {
            assert_eq!(scrub(text), expected);
        }
    }
}
