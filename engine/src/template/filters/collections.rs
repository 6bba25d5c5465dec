//! Filters of lists and maps.

use minijinja::value::{Kwargs, Rest, ValueKind, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, Value};

use super::wrong;

pub(super) const NAMES: &[&str] = &[
    "combine",
    "dict2items",
    "items2dict",
    "ternary",
    "flatten",
    "difference",
    "union",
    "intersect",
    "symmetric_difference",
];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("combine", combine);
    environment.add_filter("dict2items", |map: &Value, options: Kwargs| {
        let (key, value) = names(&options)?;
        let items = map.try_iter()?.map(|name| {
            let item = map.get_item(&name)?;
            Ok(Value::from_pairs([(key.clone(), name), (value.clone(), item)]))
        });
        items.collect::<Result<Vec<Value>, Error>>()
    });
    environment.add_filter("items2dict", |items: &Value, options: Kwargs| {
        let (key, value) = names(&options)?;
        let pairs = items.try_iter()?.map(|it| Ok((it.get_item(&key)?, it.get_item(&value)?)));
        Ok::<Value, Error>(Value::from_pairs(pairs.collect::<Result<Vec<_>, Error>>()?))
    });
    environment.add_filter(
        "ternary",
        |test: &Value, yes: Value, no: Value, none: Option<Value>| match none {
            Some(none) if test.is_none() => none,
            _ if test.is_true() => yes,
            _ => no,
        },
    );
    environment.add_filter("flatten", |list: &Value, options: Kwargs| {
        let levels = options.get::<Option<usize>>("levels")?.unwrap_or(usize::MAX);
        options.assert_all_used()?;
        let mut flat = Vec::new();
        flatten(list, levels, &mut flat)?;
        Ok::<Vec<Value>, Error>(flat)
    });
    environment.add_filter("difference", |left: &Value, right: &Value| {
        let (left, right) = (list(left)?, list(right)?);
        Ok::<_, Error>(distinct(left.into_iter().filter(|it| !right.contains(it))))
    });
    environment.add_filter("intersect", |left: &Value, right: &Value| {
        let (left, right) = (list(left)?, list(right)?);
        Ok::<_, Error>(distinct(left.into_iter().filter(|it| right.contains(it))))
    });
    environment.add_filter("union", |left: &Value, right: &Value| {
        Ok::<_, Error>(distinct(list(left)?.into_iter().chain(list(right)?)))
    });
    environment.add_filter("symmetric_difference", |left: &Value, right: &Value| {
        let (left, right) = (list(left)?, list(right)?);
        let only_left = left.iter().filter(|it| !right.contains(it));
        let only_right = right.iter().filter(|it| !left.contains(it));
        Ok::<_, Error>(distinct(only_left.chain(only_right).cloned()))
    });
}

fn names(options: &Kwargs) -> Result<(Value, Value), Error> {
    let key = options.get::<Option<String>>("key_name")?.unwrap_or_else(|| "key".to_owned());
    let value = options.get::<Option<String>>("value_name")?.unwrap_or_else(|| "value".to_owned());
    options.assert_all_used()?;
    Ok((Value::from(key), Value::from(value)))
}

/// The map with others laid over it; `recursive=true` does the same with the maps inside.
fn combine(map: &Value, others: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let others = others.into_values();
    let (others, options): (&[Value], Kwargs) = from_args(&others)?;
    let recursive = options.get::<Option<bool>>("recursive")?.unwrap_or(false);
    options.assert_all_used()?;
    let mut combined = map.clone();
    for other in others {
        combined = merge(&combined, other, recursive)?;
    }
    Ok(combined)
}

fn merge(base: &Value, over: &Value, recursive: bool) -> Result<Value, Error> {
    if base.kind() != ValueKind::Map || over.kind() != ValueKind::Map {
        return Err(wrong("`combine` takes maps"));
    }
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for key in base.try_iter()? {
        let value = base.get_item(&key)?;
        let other = over.get_item(&key)?;
        let value = if other.is_undefined() {
            value
        } else if recursive && value.kind() == ValueKind::Map && other.kind() == ValueKind::Map {
            merge(&value, &other, true)?
        } else {
            other
        };
        pairs.push((key, value));
    }
    for key in over.try_iter()? {
        if base.get_item(&key)?.is_undefined() {
            let value = over.get_item(&key)?;
            pairs.push((key, value));
        }
    }
    Ok(Value::from_pairs(pairs))
}

fn flatten(items: &Value, levels: usize, flat: &mut Vec<Value>) -> Result<(), Error> {
    for item in items.try_iter()? {
        if item.kind() == ValueKind::Seq && levels > 0 {
            flatten(&item, levels - 1, flat)?;
        } else {
            flat.push(item);
        }
    }
    Ok(())
}

fn list(value: &Value) -> Result<Vec<Value>, Error> {
    Ok(value.try_iter()?.collect())
}

fn distinct(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    distinct
}
