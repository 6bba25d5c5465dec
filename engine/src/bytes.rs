//! Bytes as text, and back; and their sums. File names and files need not be UTF-8; what is not goes through scripts and
//! edits as characters of a private range, and is on the host's side the bytes that it was.

use sha1::Digest;

use crate::error::{Error, Result};

/// Where the bytes that are not UTF-8 go: the last 256 places of the last private plane.
const BYTES: u32 = 0x10_ff00;

/// Bytes as text that [`encode`] turns into the same bytes.
pub fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let odd = chunk.invalid().iter();
        text.extend(odd.filter_map(|byte| char::from_u32(BYTES + u32::from(*byte))));
    }
    text
}

/// The bytes that [`decode`] read.
pub fn encode(text: &str) -> Vec<u8> {
    // The characters in question begin with this byte.
    if !text.as_bytes().contains(&0xf4) {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    for it in text.chars() {
        match u32::from(it).checked_sub(BYTES).and_then(|byte| u8::try_from(byte).ok()) {
            // Only bytes from 0x80 on are ever not UTF-8.
            Some(byte) if byte >= 0x80 => bytes.push(byte),
            _ => bytes.extend(it.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// What a file of the project holds, without the mark that some editors put before it. It is to be UTF-8: where it is
/// not, the error tells the line.
pub(crate) fn written(bytes: Vec<u8>, name: &str) -> Result<String> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = before.filter(|it| **it == b'\n').count() + 1;
        Error::usage(format!("`{name}` is not text in UTF-8: see its line {line}"))
            .hint("save it as UTF-8; in an editor that is a choice of encodings")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-1 of bytes in memory, in hexadecimal.
pub(crate) fn sha1_of(bytes: &[u8]) -> String {
    hexadecimal(&sha1::Sha1::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).chain("ünï".bytes()).chain([0xf0, 0x9f, 0xff]).collect();
        assert_eq!(encode(&decode(&all)), all);
        assert_eq!(decode("grüße".as_bytes()), "grüße");
    }

    #[test]
    fn a_file_is_utf_8_with_or_without_a_mark() {
        assert_eq!(written(b"\xef\xbb\xbflet a = 1;".to_vec(), "x").unwrap(), "let a = 1;");
        let error = written(b"a\nb\xff\n".to_vec(), "x.rhai").unwrap_err();
        assert_eq!(error.message, "`x.rhai` is not text in UTF-8: see its line 2");
    }
}
