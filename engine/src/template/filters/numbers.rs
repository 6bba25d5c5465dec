//! Filters of numbers and sizes.

use minijinja::value::{Kwargs, Rest, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, Value};
use minijinja_contrib::filters::filesizeformat;

use super::wrong;

pub(super) const NAMES: &[&str] = &["log", "pow", "root", "human_readable", "human_to_bytes"];

/// The letters of units, each 1024 times the one before.
const UNITS: &str = "KMGTPEZY";

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("filesizeformat", |size: &Value, arguments: Rest<ValueOrKwargs>| {
        let arguments = arguments.into_values();
        let (binary, options): (Option<bool>, Kwargs) = from_args(&arguments)?;
        let binary = binary.or(options.get("binary")?);
        options.assert_all_used()?;
        Ok::<_, Error>(filesizeformat(number(size)?, binary))
    });
    environment.add_filter("log", |value: &Value, base: Option<f64>| {
        let value = number(value)?;
        // Exact where the logarithms of 2 and 10 are whole.
        Ok::<f64, Error>(match base {
            None => value.ln(),
            Some(2.0) => value.log2(),
            Some(10.0) => value.log10(),
            Some(base) => value.log(base),
        })
    });
    environment.add_filter("pow", |value: &Value, exponent: f64| {
        Ok::<f64, Error>(number(value)?.powf(exponent))
    });
    environment.add_filter("root", |value: &Value, degree: Option<f64>| {
        let value = number(value)?;
        Ok::<f64, Error>(match degree {
            None | Some(2.0) => value.sqrt(),
            Some(degree) => value.powf(1.0 / degree),
        })
    });
    environment.add_filter("human_readable", human_readable);
    environment.add_filter("human_to_bytes", human_to_bytes);
}

fn number(value: &Value) -> Result<f64, Error> {
    match value.as_str() {
        Some(text) => text.trim().parse().map_err(|_| wrong("the text is no number")),
        None => f64::try_from(value.clone()),
    }
}

/// `1.00 KB` for 1024, as Ansible writes it; with `isbits` `Kb`, with `unit` in that one.
#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn human_readable(size: &Value, options: Kwargs) -> Result<String, Error> {
    let size = number(size)?;
    let is_bits = options.get::<Option<bool>>("isbits")?.unwrap_or(false);
    let unit = options.get::<Option<String>>("unit")?;
    options.assert_all_used()?;
    let mut found = (1.0, String::new());
    let mut factor = 1.0;
    for letter in UNITS.chars() {
        factor *= 1024.0;
        let is_wanted = match &unit {
            Some(unit) => unit.to_uppercase().starts_with(letter),
            None => size >= factor,
        };
        if is_wanted {
            found = (factor, letter.to_string());
        }
    }
    let (factor, letter) = found;
    let ending = match (is_bits, letter.is_empty()) {
        (true, true) => "bits",
        (true, false) => "b",
        (false, true) => "Bytes",
        (false, false) => "B",
    };
    Ok(format!("{:.2} {letter}{ending}", size / factor))
}

/// The bytes of `10M`, `1.5 GB` or `512`; `default_unit` says what a bare number means.
fn human_to_bytes(size: &Value, arguments: Rest<ValueOrKwargs>) -> Result<u64, Error> {
    let arguments = arguments.into_values();
    let (unit, options): (Option<String>, Kwargs) = from_args(&arguments)?;
    let unit = unit.or(options.get("default_unit")?);
    options.assert_all_used()?;
    bytes(&size.to_string(), unit.as_deref().unwrap_or("B"))
}

fn bytes(text: &str, default_unit: &str) -> Result<u64, Error> {
    let text = text.trim();
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic() || it == ' ');
    let unit = text.get(digits.len()..).unwrap_or_default().trim().to_uppercase();
    let unit = if unit.is_empty() { default_unit.to_uppercase() } else { unit };
    let letter = unit.trim_end_matches(['B', 'I']);
    let power = match letter {
        "" | "BYTE" | "BYTES" => Some(0),
        letter => UNITS.find(letter).filter(|_| letter.len() == 1).map(|at| at + 1),
    };
    let (Some(power), Ok(number)) = (power, digits.parse::<f64>()) else {
        return Err(wrong(format!("`{text}` is no size, such as 10M or 1.5 GB")));
    };
    let factor = (0..power).fold(1.0, |factor, _| factor * 1024.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is not negative, and too large a one becomes the largest"
    )]
    Ok((number * factor).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_ansible_reads_them() {
        for (text, expected) in [
            ("10M", Some(10_485_760)),
            ("1.5 GB", Some(1_610_612_736)),
            ("512", Some(512)),
            ("7 bytes", Some(7)),
            ("3 KiB", Some(3072)),
            ("x", None),
            ("3 Q", None),
        ] {
            assert_eq!(bytes(text, "B").ok(), expected, "{text}");
        }
    }
}
