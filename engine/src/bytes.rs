//! Bytes as text, and back. File names and files need not be UTF-8; what is not goes through scripts and
//! edits as characters of a private range, and is on the host's side the bytes that it was.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).chain("ünï".bytes()).chain([0xf0, 0x9f, 0xff]).collect();
        assert_eq!(encode(&decode(&all)), all);
        assert_eq!(decode("grüße".as_bytes()), "grüße");
    }
}
