//! `atime` and `mtime`: a moment, the local file's, or that of a file on the host.

use jiff::civil::{self, DateTime};

use crate::args::{Arg, Kind};
use crate::error::Error;
use crate::facts::files::{Entry, Info, Timestamp};
use crate::facts::server::Date;
use crate::project::LocalFile;
use crate::value::Value;
use crate::{Host, Result, Shell, sh};

use super::ownership::operand;

/// A time as a script gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Time {
    /// `false`: as it comes.
    Any,
    /// `true`: that of the local file.
    Local,
    /// Seconds since 1970, or text with an offset from UTC.
    At(i64),
    /// Text without an offset: the host's time.
    Clock(DateTime),
    /// The same time of this file on the host.
    Like(String),
}

impl Arg for Time {
    const KIND: Kind = Kind::Any;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Local),
            Value::Bool(false) => Some(Self::Any),
            Value::Int(seconds) => Some(Self::At(*seconds)),
            Value::Float(seconds) => whole(*seconds).map(Self::At),
            Value::Text(text) => Some(Self::parse(text)),
            Value::Word(text) => Some(match text.as_str() {
                "true" | "True" => Self::Local,
                "false" | "False" => Self::Any,
                text => Self::parse(text),
            }),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Any => Value::Bool(false),
            Self::Local => Value::Bool(true),
            Self::At(seconds) => Value::Int(*seconds),
            Self::Clock(clock) => Value::Text(clock.to_string()),
            Self::Like(path) => Value::Text(path.clone()),
        }
    }
}

/// Which of a file's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Of last access.
    Access,
    /// Of last change.
    Change,
}

impl Field {
    pub(super) fn of(self, info: &Info) -> Option<Timestamp> {
        match self {
            Self::Access => info.atime,
            Self::Change => info.mtime,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Access => "atime",
            Self::Change => "mtime",
        }
    }
}

impl Time {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Self::At(moment.as_second());
        }
        if let Ok(clock) = text.parse::<DateTime>() {
            return Self::Clock(clock);
        }
        if let Ok(date) = text.parse::<civil::Date>() {
            return Self::Clock(date.at(0, 0, 0, 0));
        }
        text.parse().ok().and_then(whole).map_or_else(|| Self::Like(text.to_owned()), Self::At)
    }

    /// Says what will be asked for.
    pub(super) fn want(&self, host: &Host<'_>) {
        match self {
            Self::Like(path) => host.want(&Entry { path: path.clone() }),
            Self::Clock(_) => host.want(&Date {}),
            _ => {}
        }
    }

    /// The time in seconds since 1970; `None` where any will do.
    pub(super) fn seconds(
        &self,
        host: &Host<'_>,
        field: Field,
        local: Option<&LocalFile>,
    ) -> Result<Option<i64>> {
        match self {
            Self::Any => Ok(None),
            Self::At(seconds) => Ok(Some(*seconds)),
            Self::Local => match (local, field) {
                (Some(local), Field::Access) => Ok(Some(local.atime)),
                (Some(local), Field::Change) => Ok(Some(local.mtime)),
                (None, _) => Err(no_local_file(field.name())),
            },
            Self::Clock(clock) => Ok(Some(host_time(host, *clock)?)),
            Self::Like(path) => {
                let found = host.fact(&crate::facts::files::File::at(path))?;
                let Some(info) = found.here() else {
                    return Err(Error::failed(format!(
                        "`{path}` is neither a time nor a file on the host"
                    ))
                    .hint("write a time as \"2026-01-31T10:00:00Z\", or as seconds since 1970")
                    .argument(field.name()));
                };
                match field.of(info) {
                    Some(time) => Ok(Some(time.0)),
                    None => Err(Error::unknown(format!("the {} of {path}", field.name()))),
                }
            }
        }
    }
}

/// The error of `mode: true` and its like where there is no local file.
pub(super) fn no_local_file(argument: &str) -> Error {
    Error::usage(format!("`{argument}: true` means the local file's, and there is none"))
        .hint("give `src`, or say which")
        .argument(argument)
}

/// A clock's time on the host, with its present offset from UTC.
fn host_time(host: &Host<'_>, clock: DateTime) -> Result<i64> {
    let now = host.fact(&Date {})?;
    let now = now.as_deref().map(|it| it.trim_start_matches("datetime:").replace(' ', "T"));
    let offset = now.as_deref().and_then(offset_of).ok_or_else(|| {
        Error::failed("the host's offset from UTC is not known")
            .hint("give the time with its offset: \"2026-01-31T10:00:00+01:00\"")
    })?;
    let moment = clock
        .to_zoned(jiff::tz::TimeZone::fixed(offset))
        .map_err(|error| Error::usage(format!("`{clock}` is no time: {error}")))?;
    Ok(moment.timestamp().as_second())
}

/// A time as the host tells it, in seconds since 1970; one without an offset counts as UTC.
pub(crate) fn seconds_of(time: &str) -> Option<i64> {
    let text = time.trim().trim_start_matches("datetime:").replace(' ', "T");
    let moment = text.parse::<jiff::Timestamp>().ok();
    moment.or_else(|| format!("{text}Z").parse().ok()).map(jiff::Timestamp::as_second)
}

/// The offset in `2026-01-31T10:00:00+01:00`; none is UTC.
fn offset_of(time: &str) -> Option<jiff::tz::Offset> {
    let (_, clock) = time.split_once('T')?;
    let Some(at) = clock.find(['+', '-', 'Z']) else { return Some(jiff::tz::Offset::UTC) };
    let (sign, digits) = (clock.get(at..=at)?, clock.get(at + 1..)?.replace(':', ""));
    if sign == "Z" {
        return Some(jiff::tz::Offset::UTC);
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    jiff::tz::Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// Sets one time of a file. `touch -t` is POSIX; `-d` is not.
pub(super) fn touch(path: &str, field: Field, seconds: i64) -> Shell {
    let path = operand(path);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let digits = time.strftime("%Y%m%d%H%M.%S").to_string();
    match field {
        Field::Access => sh!("TZ=UTC0 touch -a -t {digits} {path}"),
        Field::Change => sh!("TZ=UTC0 touch -m -t {digits} {path}"),
    }
}

/// A moment for people.
pub(super) fn shown(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[expect(clippy::cast_possible_truncation, reason = "checked: finite and far below 2^63")]
fn whole(seconds: f64) -> Option<i64> {
    (seconds.is_finite() && seconds.abs() < 1e15).then_some(seconds.floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_many_ways() {
        for (text, expected) in [
            ("2022-11-18T02:45:00Z", Time::At(1_668_739_500)),
            ("2022-11-17T20:45:00-06:00", Time::At(1_668_739_500)),
            ("1668739500", Time::At(1_668_739_500)),
            ("1668739500.5", Time::At(1_668_739_500)),
            ("2022-11-17T20:45:00", Time::Clock(jiff::civil::datetime(2022, 11, 17, 20, 45, 0, 0))),
            ("2022-11-17 20:45:00", Time::Clock(jiff::civil::datetime(2022, 11, 17, 20, 45, 0, 0))),
            ("2022-11-17", Time::Clock(jiff::civil::datetime(2022, 11, 17, 0, 0, 0, 0))),
            ("/var/ref", Time::Like("/var/ref".to_owned())),
        ] {
            assert_eq!(Time::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn offsets_are_read() {
        for (time, expected) in [
            ("2017-03-03T10:07:37-06:00", Some(-21_600)),
            ("2017-03-03T10:07:37.5+0530", Some(19_800)),
            ("2017-03-03T10:07:37Z", Some(0)),
            ("2017-03-03T10:07:37", Some(0)),
            ("yesterday", None),
        ] {
            assert_eq!(offset_of(time).map(jiff::tz::Offset::seconds), expected, "{time}");
        }
    }

    #[test]
    fn a_time_is_set_as_every_touch_understands() {
        assert_eq!(
            touch("-x", Field::Change, 1_668_739_500).to_string(),
            "TZ=UTC0 touch -m -t 202211180245.00 ./-x"
        );
    }
}
