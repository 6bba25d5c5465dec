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
    "product",
    "zip_longest",
    "subelements",
    "extract",
    "rekey_on_member",
];

pub(super) fn add(environment: &mut Environment<'_>) {
    add_joining(environment);
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

fn add_joining(environment: &mut Environment<'_>) {
    environment.add_filter("product", |first: &Value, others: Rest<Value>| {
        let mut rows = vec![Vec::new()];
        for items in std::iter::once(first).chain(others.iter()) {
            let items = list(items)?;
            let longer = |row: &Vec<Value>, item: &Value| {
                row.iter().chain([item]).cloned().collect::<Vec<Value>>()
            };
            rows = rows.iter().flat_map(|row| items.iter().map(|it| longer(row, it))).collect();
        }
        Ok::<_, Error>(rows)
    });
    environment.add_filter("zip_longest", |first: &Value, others: Rest<ValueOrKwargs>| {
        let others = others.into_values();
        let (others, options): (&[Value], Kwargs) = from_args(&others)?;
        let fill = options.get::<Option<Value>>("fillvalue")?.unwrap_or_else(|| Value::from(()));
        options.assert_all_used()?;
        let lists: Vec<Vec<Value>> =
            std::iter::once(first).chain(others).map(list).collect::<Result<_, _>>()?;
        let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
        let row = |at: usize| -> Vec<Value> {
            lists.iter().map(|it| it.get(at).unwrap_or(&fill).clone()).collect()
        };
        Ok::<Vec<Vec<Value>>, Error>((0..longest).map(row).collect())
    });
    environment.add_filter("subelements", subelements);
    environment.add_filter("extract", |key: &Value, whole: &Value, more: Option<Value>| {
        let mut found = whole.get_item(key)?;
        let more = more.unwrap_or_else(|| Value::from(()));
        let keys = match more.kind() {
            ValueKind::None => Vec::new(),
            ValueKind::Seq => list(&more)?,
            _ => vec![more],
        };
        for key in keys {
            found = found.get_item(&key)?;
        }
        Ok::<Value, Error>(found)
    });
    environment.add_filter("rekey_on_member", |items: &Value, name: &str| {
        let values = match items.kind() {
            ValueKind::Map => {
                items.try_iter()?.map(|key| items.get_item(&key)).collect::<Result<Vec<_>, _>>()?
            }
            _ => list(items)?,
        };
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for value in values {
            let key = value.get_attr(name)?;
            if key.is_undefined() {
                return Err(wrong(format!("an item has no `{name}`")));
            }
            if pairs.iter().any(|(other, _)| *other == key) {
                return Err(wrong(format!("two items have `{key}` as `{name}`")));
            }
            pairs.push((key, value));
        }
        Ok(Value::from_pairs(pairs))
    });
}

/// Each item with each part of a list in it: `users | subelements("keys")`.
#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn subelements(items: &Value, path: &str, options: Kwargs) -> Result<Vec<Vec<Value>>, Error> {
    let skip_missing = options.get::<Option<bool>>("skip_missing")?.unwrap_or(false);
    options.assert_all_used()?;
    let mut pairs = Vec::new();
    for item in items.try_iter()? {
        let mut found = item.clone();
        for name in path.split('.') {
            found = if found.is_undefined() { found } else { found.get_attr(name)? };
        }
        if found.is_undefined() && skip_missing {
            continue;
        }
        if found.kind() != ValueKind::Seq {
            return Err(wrong(format!("`{path}` is no list in every item")));
        }
        for part in found.try_iter()? {
            pairs.push(vec![item.clone(), part]);
        }
    }
    Ok(pairs)
}

fn names(options: &Kwargs) -> Result<(Value, Value), Error> {
    let key = options.get::<Option<String>>("key_name")?.unwrap_or_else(|| "key".to_owned());
    let value = options.get::<Option<String>>("value_name")?.unwrap_or_else(|| "value".to_owned());
    options.assert_all_used()?;
    Ok((Value::from(key), Value::from(value)))
}

/// The map with others laid over it; `recursive=true` does the same with the maps inside, `list_merge` says
/// what becomes of lists that are in both.
fn combine(map: &Value, others: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let others = others.into_values();
    let (others, options): (&[Value], Kwargs) = from_args(&others)?;
    let recursive = options.get::<Option<bool>>("recursive")?.unwrap_or(false);
    let lists = options.get::<Option<String>>("list_merge")?;
    options.assert_all_used()?;
    let mut combined = map.clone();
    for other in others {
        combined = merge(&combined, other, recursive, lists.as_deref().unwrap_or("replace"))?;
    }
    Ok(combined)
}

fn merge(base: &Value, over: &Value, recursive: bool, lists: &str) -> Result<Value, Error> {
    if base.kind() != ValueKind::Map || over.kind() != ValueKind::Map {
        return Err(wrong("`combine` takes maps"));
    }
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for key in base.try_iter()? {
        let value = base.get_item(&key)?;
        let other = over.get_item(&key)?;
        let value = match (value.kind(), other.kind()) {
            (_, ValueKind::Undefined) => value,
            (ValueKind::Map, ValueKind::Map) if recursive => merge(&value, &other, true, lists)?,
            (ValueKind::Seq, ValueKind::Seq) => merge_lists(&value, &other, lists)?,
            _ => other,
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

/// `_rp`: what is in both lists stays only where the new one has it.
fn merge_lists(base: &Value, over: &Value, how: &str) -> Result<Value, Error> {
    let only_base = || {
        let over = list(over)?;
        Ok::<_, Error>(list(base)?.into_iter().filter(|it| !over.contains(it)).collect::<Vec<_>>())
    };
    let joined = |first: Vec<Value>, second: Vec<Value>| first.into_iter().chain(second).collect();
    match how {
        "replace" => Ok(over.clone()),
        "keep" => Ok(base.clone()),
        "append" => Ok(joined(list(base)?, list(over)?)),
        "prepend" => Ok(joined(list(over)?, list(base)?)),
        "append_rp" => Ok(joined(only_base()?, list(over)?)),
        "prepend_rp" => Ok(joined(list(over)?, only_base()?)),
        other => Err(wrong(format!(
            "`list_merge` takes replace, keep, append, prepend, append_rp or prepend_rp, not `{other}`"
        ))),
    }
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
