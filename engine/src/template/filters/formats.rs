//! Filters between formats: JSON, YAML, base64, digests.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Digest as _;
use minijinja::value::{Kwargs, StringInput};
use minijinja::{Environment, Error, Value};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::wrong;
use crate::bytes::hexadecimal;
use crate::command::Secret;
use crate::template::values::from_json;

pub(super) const NAMES: &[&str] = &[
    "tojson",
    "to_json",
    "to_nice_json",
    "from_json",
    "to_yaml",
    "to_nice_yaml",
    "from_yaml",
    "from_yaml_all",
    "b64encode",
    "b64decode",
    "hash",
    "md5",
    "sha1",
    "sha256",
    "checksum",
    "to_uuid",
    "strftime",
];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("tojson", tojson);
    for (name, sort, indent) in [("to_json", false, None), ("to_nice_json", true, Some(4))] {
        environment.add_filter(name, move |value: &Value, options: Kwargs| {
            let sort = options.get::<Option<bool>>("sort_keys")?.unwrap_or(sort);
            let indent = options.get::<Option<usize>>("indent")?.or(indent);
            let is_ascii = options.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false);
            options.assert_all_used()?;
            let text = json_text(&sorted(json(value)?, sort), indent)?;
            Ok::<String, Error>(if is_ascii { ascii(&text) } else { text })
        });
    }
    environment.add_filter("from_json", |text: &str| {
        let json: Json =
            serde_json::from_str(text).map_err(|error| wrong(format!("not JSON: {error}")))?;
        Ok::<Value, Error>(from_json(&json))
    });
    for (name, indent) in [("to_yaml", 2), ("to_nice_yaml", 4)] {
        environment.add_filter(name, move |value: &Value, options: Kwargs| {
            let sort = options.get::<Option<bool>>("sort_keys")?.unwrap_or(true);
            let width = options.get::<Option<usize>>("indent")?.unwrap_or(indent);
            options.get::<Option<bool>>("default_flow_style")?;
            options.assert_all_used()?;
            yaml(&sorted(json(value)?, sort), width)
        });
    }
    environment.add_filter("from_yaml", |text: &str| {
        let json: Json = serde_saphyr::from_str(text).map_err(|_| wrong("the text is not YAML"))?;
        Ok::<Value, Error>(from_json(&json))
    });
    environment.add_filter("from_yaml_all", |text: &str| {
        let all: Vec<Json> =
            serde_saphyr::from_multiple(text).map_err(|_| wrong("the text is not YAML"))?;
        Ok::<Value, Error>(all.iter().map(from_json).collect())
    });
    environment.add_filter("to_uuid", to_uuid);
    environment.add_filter("strftime", strftime);
    environment.add_filter("b64encode", |value: &Value| match value.as_bytes() {
        Some(bytes) => STANDARD.encode(bytes),
        None => STANDARD.encode(value.to_string()),
    });
    environment.add_filter("b64decode", |text: &str| {
        let bare: String = text.split_whitespace().collect();
        let bytes = STANDARD.decode(bare).map_err(|_| wrong("the text is not base64"))?;
        let decoded = String::from_utf8(bytes);
        let decoded = decoded.map_err(|_| wrong("what is in the base64 is not UTF-8 text"))?;
        Secret::changed(text, &decoded);
        Ok::<_, Error>(decoded)
    });
    environment.add_filter("hash", |text: StringInput<'_>, name: Option<&str>| {
        digest(text.as_str(), name.unwrap_or("sha1"))
    });
    for (filter, name) in
        [("md5", "md5"), ("sha1", "sha1"), ("sha256", "sha256"), ("checksum", "sha1")]
    {
        environment.add_filter(filter, move |text: StringInput<'_>| digest(text.as_str(), name));
    }
}

/// Jinja2's own: keys in order, ASCII only, and harmless inside of HTML.
#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn tojson(value: &Value, indent: Option<usize>, options: Kwargs) -> Result<Value, Error> {
    let indent = indent.or(options.get("indent")?);
    options.assert_all_used()?;
    let mut text = ascii(&json_text(&sorted(json(value)?, true), indent)?);
    for (letter, code) in [('<', "003c"), ('>', "003e"), ('&', "0026"), ('\'', "0027")] {
        text = text.replace(letter, &format!("\\u{code}"));
    }
    Ok(Value::from_safe_string(text))
}

fn json_text(json: &Json, indent: Option<usize>) -> Result<String, Error> {
    match indent {
        None => written(json, Spaced(CompactFormatter)),
        Some(width) => {
            let before = " ".repeat(width.min(64));
            written(json, PrettyFormatter::with_indent(before.as_bytes()))
        }
    }
}

/// JSON whose other letters are escaped.
fn ascii(json: &str) -> String {
    let mut text = String::new();
    for it in json.chars() {
        if it.is_ascii() {
            text.push(it);
        } else {
            for unit in it.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// The UUID of a name (version 5), in Ansible's namespace or another. RFC 9562, section 5.5.
fn to_uuid(name: &str, namespace: Option<&str>) -> Result<String, Error> {
    let namespace = namespace.unwrap_or("361E6D51-FAEC-444A-9079-341386DA8E2E");
    let digits: String = namespace.chars().filter(|it| *it != '-').collect();
    let bytes: Option<Vec<u8>> =
        (0..16).map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    let bytes = bytes.ok_or_else(|| wrong(format!("`{namespace}` is no UUID")))?;
    let mut digest = sha1::Sha1::new();
    digest.update(&bytes);
    digest.update(name.as_bytes());
    let mut uuid: Vec<u8> = digest.finalize().into_iter().take(16).collect();
    if let Some(byte) = uuid.get_mut(6) {
        *byte = *byte & 0x0f | 0x50;
    }
    if let Some(byte) = uuid.get_mut(8) {
        *byte = *byte & 0x3f | 0x80;
    }
    let digits = hexadecimal(&uuid);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// `"%Y-%m-%d" | strftime(seconds)`: a moment in seconds since 1970, in UTC.
fn strftime(format: &str, seconds: i64) -> Result<String, Error> {
    let time = jiff::Timestamp::from_second(seconds)
        .map_err(|_| wrong("the seconds are no moment that a calendar knows"))?;
    jiff::fmt::strtime::format(format, time)
        .map_err(|error| wrong(format!("`{format}` is no format of a time: {error}")))
}

fn digest(text: &str, name: &str) -> Result<String, Error> {
    let bytes = text.as_bytes();
    let sum = match name {
        "md5" => hexadecimal(&md5::Md5::digest(bytes)),
        "sha1" => hexadecimal(&sha1::Sha1::digest(bytes)),
        "sha224" => hexadecimal(&sha2::Sha224::digest(bytes)),
        "sha256" => hexadecimal(&sha2::Sha256::digest(bytes)),
        "sha384" => hexadecimal(&sha2::Sha384::digest(bytes)),
        "sha512" => hexadecimal(&sha2::Sha512::digest(bytes)),
        other => {
            return Err(wrong(format!(
                "there is no digest `{other}`: md5, sha1, sha224, sha256, sha384, sha512"
            )));
        }
    };
    Secret::changed(text, &sum);
    Ok(sum)
}

fn json(value: &Value) -> Result<Json, Error> {
    if value.is_undefined() {
        return Err(wrong("a value that does not exist cannot be written"));
    }
    serde_json::to_value(value).map_err(|_| wrong("the value cannot be written as data"))
}

/// The same data with the keys of all maps in order, where that is wanted.
fn sorted(json: Json, sort: bool) -> Json {
    match json {
        Json::Object(map) if sort => {
            let mut pairs: Vec<(String, Json)> =
                map.into_iter().map(|(key, it)| (key, sorted(it, true))).collect();
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
            Json::Object(pairs.into_iter().collect())
        }
        Json::Array(items) if sort => {
            Json::Array(items.into_iter().map(|it| sorted(it, true)).collect())
        }
        other => other,
    }
}

fn written(json: &Json, formatter: impl Formatter) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    json.serialize(&mut serializer).map_err(|_| wrong("the value cannot be written as JSON"))?;
    String::from_utf8(bytes).map_err(|_| wrong("the value cannot be written as JSON"))
}

fn yaml(json: &Json, indent: usize) -> Result<String, Error> {
    let options = serde_saphyr::ser_options! { indent_step: indent.clamp(1, 64) };
    let text = serde_saphyr::to_string_with_options(json, options)
        .map_err(|_| wrong("the value cannot be written as YAML"))?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}

/// JSON on one line with gaps, as Python writes it: `{"a": 1, "b": [1, 2]}`.
struct Spaced(CompactFormatter);

impl Formatter for Spaced {
    fn begin_array_value<W: std::io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: std::io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: std::io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        self.0.begin_object_value(writer)?;
        writer.write_all(b" ")
    }
}
