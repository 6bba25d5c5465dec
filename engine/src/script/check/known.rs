//! What scripts find there without declaring it: functions, and what `host`, `local` and so on can do.

use std::any::TypeId;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use rhai::Dynamic;

use crate::operations;
use crate::script::engine;

/// Functions of the language itself, which no module registers.
const KEYWORDS: &[&str] = &[
    "print",
    "debug",
    "type_of",
    "eval",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_fn",
    "is_def_var",
    "fact_define",
    "operation_define",
];

/// What can be called on any value.
pub(super) const ON_ANYTHING: &[&str] = &["type_of", "to_string", "to_debug", "is_shared", "tag"];

/// Values whose members are known.
pub(super) const OBJECTS: &[&str] = &["host", "inventory", "local", "console"];

/// What a value of a registered type can do.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) properties: BTreeSet<String>,
    pub(super) methods: BTreeSet<String>,
}

struct Registered {
    functions: HashSet<String>,
    /// How many arguments functions take.
    counts: HashMap<String, BTreeSet<usize>>,
    objects: HashMap<&'static str, Members>,
}

/// Read from the engine once, and only when a script uses something that cannot be told without it.
static REGISTERED: LazyLock<Registered> = LazyLock::new(|| {
    let engine = engine::for_deploys();
    let rows: Vec<(String, Option<TypeId>)> = engine.collect_fn_metadata(
        None,
        |row| Some((row.metadata.name.to_string(), row.metadata.param_types.first().copied())),
        true,
    );
    let all: Vec<(String, usize)> = engine.collect_fn_metadata(
        None,
        |row| Some((row.metadata.name.to_string(), row.metadata.param_types.len())),
        true,
    );
    let mut counts: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for (name, count) in all {
        counts.entry(name).or_default().insert(count);
    }
    let mut objects = HashMap::new();
    for object in OBJECTS {
        let Ok(value) = engine.eval_expression::<Dynamic>(object) else { continue };
        let mut members = Members::default();
        for (name, _) in rows.iter().filter(|row| row.1 == Some(value.type_id())) {
            match name.split_once('$') {
                Some(("get", property)) => members.properties.insert(property.to_owned()),
                Some(_) => false,
                None => members.methods.insert(name.clone()),
            };
        }
        objects.insert(*object, members);
    }
    Registered { functions: rows.into_iter().map(|row| row.0).collect(), counts, objects }
});

/// Whether there is a function of that name without the script's doing.
pub(super) fn is_function(name: &str) -> bool {
    KEYWORDS.contains(&name)
        || crate::script::bind::functions().any(|it| it == name)
        || REGISTERED.functions.contains(name)
}

/// How many arguments a function of ours takes, where that is certain.
pub(super) fn counts(name: &str) -> Option<&'static BTreeSet<usize>> {
    let ours = crate::script::bind::functions().any(|it| it == name) && !KEYWORDS.contains(&name);
    REGISTERED.counts.get(name).filter(|_| ours)
}

/// What `host`, `inventory`, `local` or `console` can do.
pub(super) fn members(object: &str) -> Option<&'static Members> {
    REGISTERED.objects.get(object)
}

/// Whether `path` is a module of operations, or leads to one.
pub(super) fn is_module(path: &str) -> bool {
    operations::modules().into_iter().any(|module| {
        module == path || module.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Whether the name stands for something in every script.
pub(super) fn is_variable(name: &str) -> bool {
    is_module(name) || matches!(name, "host" | "inventory" | "config" | "local" | "console")
}
