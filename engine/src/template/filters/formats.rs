//! Filters between formats: JSON, YAML, base64, digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Digest as _;
use minijinja::value::{Kwargs, StringInput};
use minijinja::{Environment, Error, Value};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::wrong;
use crate::project::hexadecimal;
use crate::template::values::from_json;

pub(super) const NAMES: &[&str] = &[
    "to_json",
    "to_nice_json",
    "from_json",
    "to_yaml",
    "to_nice_yaml",
    "from_yaml",
    "b64encode",
    "b64decode",
    "hash",
    "md5",
    "sha1",
    "sha256",
    "checksum",
];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("to_json", |value: &Value, options: Kwargs| {
        let json = sorted(json(value)?, options.get::<Option<bool>>("sort_keys")?.unwrap_or(false));
        match options.get::<Option<usize>>("indent")? {
            None => {
                options.assert_all_used()?;
                written(&json, Spaced(CompactFormatter))
            }
            Some(width) => {
                options.assert_all_used()?;
                written(&json, PrettyFormatter::with_indent(" ".repeat(width).as_bytes()))
            }
        }
    });
    environment.add_filter("to_nice_json", |value: &Value, options: Kwargs| {
        let json = sorted(json(value)?, options.get::<Option<bool>>("sort_keys")?.unwrap_or(true));
        let width = options.get::<Option<usize>>("indent")?.unwrap_or(4);
        options.assert_all_used()?;
        written(&json, PrettyFormatter::with_indent(" ".repeat(width).as_bytes()))
    });
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
    environment.add_filter("b64encode", |value: &Value| match value.as_bytes() {
        Some(bytes) => STANDARD.encode(bytes),
        None => STANDARD.encode(value.to_string()),
    });
    environment.add_filter("b64decode", |text: &str| {
        let bare: String = text.split_whitespace().collect();
        let bytes = STANDARD.decode(bare).map_err(|_| wrong("the text is not base64"))?;
        String::from_utf8(bytes).map_err(|_| wrong("what is in the base64 is not UTF-8 text"))
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

fn digest(text: &str, name: &str) -> Result<String, Error> {
    let bytes = text.as_bytes();
    Ok(match name {
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
    })
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
