//! Calls: functions, operations, facts, `deploy`, and what `host` and its like can do.

use rhai::{Expr, FnCallExpr, Position};

use super::arguments::{Called, Given};
use super::chain::{Step, flatten};
use super::constant::{Some_, known, some_result};
use super::define::HANDLE;
use super::known::{self as names, ON_ANYTHING};
use super::unit::{Function, text};
use super::walk::Walker;
use super::{UNMEASURED, unknown, unknown_name};
use crate::error::{Error, did_you_mean};
use crate::operation::OpDef;
use crate::options::GlobalArgs;
use crate::script::{bind, host, library, options, problem, result};
use crate::value::Value;
use crate::{facts, operations};

impl Walker<'_> {
    /// `name(…)`, `module::name(…)` or an operator.
    pub(super) fn function_call(&mut self, call: &FnCallExpr, at: Position) {
        if let Some(root) = call.namespace.path.first() {
            self.imported(call, at);
            self.namespace(&root.name, root.pos);
        } else if !call.is_operator_call() {
            self.function(call, at);
            if call.name == "operation_define" {
                return self.body(call);
            }
        }
        self.expressions(&call.args);
    }

    fn function(&mut self, call: &FnCallExpr, at: Position) {
        let name = call.name.as_str();
        let unit = self.unit;
        let own: Vec<usize> =
            unit.named().filter(|it| it.name == name).map(|it| it.parameters.len()).collect();
        if own.contains(&call.args.len()) {
            return;
        }
        if own.is_empty() && name == "deploy" {
            self.deploy(call, at);
        }
        if own.is_empty()
            && self.local(name).is_none()
            && let Some(counts) = names::counts(name)
            && !counts.contains(&call.args.len())
        {
            let takes: Vec<String> = counts.iter().map(ToString::to_string).collect();
            let plural = if takes == ["1"] { "" } else { "s" };
            let takes = takes.join(" or ");
            let message =
                format!("`{name}` takes {takes} argument{plural}, not {}", call.args.len());
            self.problem(Error::usage(message), at, name.chars().count());
        }
        if self.local(name).is_some()
            || names::is_function(name)
            || unit.mentions.open_scope
            || unit.mentions.unread.contains(name)
        {
            return;
        }
        let width = name.chars().count();
        if let [count] = own.as_slice() {
            return self.problem(wrong_count(name, *count, call.args.len()), at, width);
        }
        if !own.is_empty() {
            return;
        }
        let functions: Vec<&str> = bind::functions().collect();
        let names = unit.named().map(|it| it.name.as_str()).chain(functions);
        let mut error = unknown_name(format!("there is no function `{name}`"), name, names);
        if error.hint.is_none() {
            error.hint = problem::elsewhere(name);
        }
        self.problem(error, at, width);
    }

    /// `web::setup(…)`: a function of an imported script.
    fn imported(&mut self, call: &FnCallExpr, at: Position) {
        let [alias] = call.namespace.path.as_slice() else { return };
        let from = &self.unit.script.name;
        let mut links = self.unit.mentions.links.iter();
        let links: Vec<_> =
            links.by_ref().filter(|it| it.alias.as_deref() == Some(&alias.name)).collect();
        // Where two scripts are imported under one name, the place decides which is meant.
        let [link] = links.as_slice() else { return };
        let Some(module) = self.world.linked(from, &link.path) else { return };
        let public = || module.named().filter(|it| !it.private);
        let called = format!("{}::{}", alias.name, call.name);
        let count = call.args.len();
        let is_it = |it: &&Function| it.name == call.name.as_str() && it.parameters.len() == count;
        if let Some(function) = public().find(is_it) {
            return self.options(&called, function, call, at);
        }
        let counts: Vec<usize> = public()
            .filter(|it| it.name == call.name.as_str())
            .map(|it| it.parameters.len())
            .collect();
        let error = match counts.as_slice() {
            [] => unknown(
                format!("`{}` has no function `{}`", link.path, call.name),
                &call.name,
                public().map(|it| it.name.as_str()),
            ),
            [count] if *count != call.args.len() => wrong_count(&called, *count, call.args.len()),
            _ => return,
        };
        self.problem(error, at, call.name.chars().count());
    }

    /// The map of options that a function checks with `options(given, #{ … })`.
    fn options(&mut self, called: &str, function: &Function, call: &FnCallExpr, at: Position) {
        for (parameter, declared) in function.options() {
            let Some(Expr::Map(given, _)) = call.args.get(parameter) else { continue };
            let known = declared.iter().map(|it| it.0);
            for (key, _) in
                given.0.iter().filter(|(key, _)| !known.clone().any(|it| it == key.name))
            {
                let error = options::unknown(called, &key.name, known.clone());
                self.problem(error, key.pos, key.name.chars().count());
            }
            for (name, _) in declared.iter().filter(|it| it.1) {
                if !given.0.iter().any(|(key, _)| key.name == *name) {
                    self.problem(options::missing(called, name), at, call.name.chars().count());
                }
            }
        }
    }

    /// `deploy("label", #{ … }, || …)`
    fn deploy(&mut self, call: &FnCallExpr, at: Position) {
        let [_, named @ Expr::Map(..), _] = call.args.as_slice() else { return };
        let given = Given::named(self, named);
        for (key, place, _) in given.named.iter().filter(|it| !is_of_block(&it.0)) {
            self.problem(library::not_global(key), *place, key.chars().count());
        }
        self.global_arguments(&given, at, call.name.chars().count());
    }

    /// Something with dots or brackets.
    pub(super) fn chain(&mut self, expr: &Expr) {
        let (root, steps) = flatten(expr);
        match root {
            Expr::Variable(parts, _, at)
                if parts.2.is_empty() && self.local(&parts.1).is_none() =>
            {
                self.global(&parts.1, *at, &steps);
            }
            _ => {
                self.expression(root);
                let value = self.value(root);
                self.members(&value, &steps);
            }
        }
        for step in &steps {
            match step {
                Step::Property(..) => {}
                Step::Method(call, _) => {
                    if matches!(call.name.as_str(), "fact" | "get_fact") {
                        self.fact(call);
                    }
                    self.expressions(&call.args);
                }
                Step::Index(index) => self.expression(index),
            }
        }
    }

    /// A chain whose root the script did not declare.
    fn global(&mut self, root: &str, at: Position, steps: &[Step<'_>]) {
        match (root, steps) {
            ("config", [Step::Property(name, at), ..]) => {
                if !GlobalArgs::knows(&format!("_{name}")) {
                    self.problem(library::no_option(name), *at, name.chars().count());
                }
            }
            _ if names::OBJECTS.contains(&root) => self.object(root, steps),
            _ if names::is_module(root) => self.module(root, at, steps),
            (_, [Step::Method(call, _), ..]) => self.variable(root, at, Some(&call.name)),
            _ => self.variable(root, at, None),
        }
    }

    /// `host.…`, `inventory.…`, `local.…`, `console.…`
    fn object(&mut self, root: &str, steps: &[Step<'_>]) {
        let Some(members) = names::members(root) else { return };
        match steps {
            [Step::Property(name, at), ..] if !members.properties.contains(*name) => {
                let mut error = unknown(
                    format!("`{root}` has no `{name}`"),
                    name,
                    members.properties.iter().map(String::as_str),
                );
                if members.methods.contains(*name) {
                    error.hint = Some(format!("it is a function: {root}.{name}(…)"));
                }
                self.problem(error, *at, name.chars().count());
            }
            [Step::Method(call, at), ..]
                if !members.methods.contains(call.name.as_str()) && !self.is_method(&call.name) =>
            {
                let name = call.name.as_str();
                let methods = members.methods.iter().map(String::as_str);
                let error = unknown(format!("`{root}` has no function `{name}`"), name, methods);
                self.problem(error, *at, name.chars().count());
            }
            [Step::Property("data", _), Step::Property(key, at), ..] if root == "host" => {
                self.datum(key, *at, key.chars().count());
            }
            [Step::Property("data", _), Step::Index(Expr::StringConstant(key, at)), ..]
                if root == "host" =>
            {
                self.datum(key, *at, UNMEASURED);
            }
            _ => {}
        }
    }

    /// `config.timeout = 30`
    pub(super) fn option(&mut self, target: &Expr, value: &Expr) {
        let (Expr::Variable(root, ..), steps) = flatten(target) else { return };
        let [Step::Property(name, _)] = steps.as_slice() else { return };
        let key = format!("_{name}");
        if root.1 != "config" || self.local("config").is_some() || !GlobalArgs::knows(&key) {
            return;
        }
        let given = [(key, self.value(value))].into();
        for mut error in GlobalArgs::read_map(given).err().unwrap_or_default() {
            error.message = error.message.replacen("argument `_", "option `", 1);
            if error.kind == crate::error::ErrorKind::Usage {
                self.problem(error, value.start_position(), UNMEASURED);
            }
        }
    }

    /// Whether a function of that name can be called on whatever value.
    fn is_method(&self, name: &str) -> bool {
        ON_ANYTHING.contains(&name) || self.unit.named().any(|it| it.name == name)
    }

    /// `host.data.key`: some host must have it, unless a script cares for those that have not.
    fn datum(&mut self, key: &str, at: Position, width: usize) {
        if let Some(error) = self.no_datum(key) {
            self.problem(error, at, width);
        }
    }

    /// The error for data that no host has.
    pub(super) fn no_datum(&self, key: &str) -> Option<Error> {
        let world = self.world;
        let inventory = world.inventory?;
        let known =
            || inventory.hosts.values().flat_map(|host| host.data.keys()).map(String::as_str);
        if self.tries > 0
            || world.gives_anything
            || world.data.contains(key)
            || known().any(|it| it == key)
        {
            return None;
        }
        let mut error = Error::usage(format!("no host has data `{key}`"));
        let spoken = world.data.iter().map(String::as_str);
        error.hint = did_you_mean(key, known().chain(spoken)).or_else(|| {
            Some(format!(
                "set it in the inventory or group_data, or write data.get(\"{key}\", fallback)"
            ))
        });
        Some(error)
    }

    /// `server.user(…)`, `freebsd.pkg(…)`
    fn module(&mut self, root: &str, at: Position, steps: &[Step<'_>]) {
        let mut path = root.to_owned();
        for (index, step) in steps.iter().enumerate() {
            let (name, place) = match step {
                Step::Property(name, place) => (*name, *place),
                Step::Method(call, place) => (call.name.as_str(), *place),
                Step::Index(_) => return,
            };
            let whole = format!("{path}.{name}");
            if let (Step::Method(call, _), Some(def)) = (step, operations::find(&whole)) {
                self.in_front(&whole, call, place);
                self.operation(def, call, at);
                return self.members(&some_result(), steps.get(index + 1..).unwrap_or_default());
            }
            let leads_on = matches!(step, Step::Property(..)) && names::is_module(&whole);
            if !leads_on {
                if !self.world.defines(&whole) && !self.is_method(name) {
                    self.problem(no_operation(&path, name), place, name.chars().count());
                }
                return;
            }
            path = whole;
        }
    }

    /// A function of the script comes before an operation of its name: `files.line(…)` would call `fn line`.
    fn in_front(&mut self, operation: &str, call: &FnCallExpr, at: Position) {
        let name = call.name.as_str();
        let count = call.args.len();
        if self.unit.named().any(|it| it.name == name && it.parameters.len() == count) {
            let message = format!("`{operation}` would call this script's own function `{name}`");
            let hint = format!(
                "a function comes before an operation of its name; call the function something else than `{name}`"
            );
            self.problem(Error::usage(message).hint(hint), at, name.chars().count());
        }
    }

    fn operation(&mut self, def: &'static OpDef, call: &FnCallExpr, at: Position) {
        let given = Given::of(self, &call.args);
        let called = Called {
            name: def.name,
            arguments: def.args,
            label: !def.args.iter().any(|it| it.name == "name"),
            at,
            width: def.name.chars().count(),
        };
        self.arguments(&called, &given, &|positional, named| def.read(positional, named).err());
        self.local_file(def, &given);
    }

    /// `host.fact("server.users", …)`
    fn fact(&mut self, call: &FnCallExpr) {
        let [name_, arguments @ ..] = call.args.as_slice() else { return };
        let Some(name) = text(name_) else { return };
        if self.is_method(&call.name) {
            return;
        }
        let (at, width) = (name_.position(), name.chars().count() + 2);
        let Some(def) = facts::find(name) else {
            if self.world.defines(name) {
                return;
            }
            return self.problem(host::unknown_fact(name), at, width);
        };
        let given = Given::of(self, arguments);
        let called = Called { name: def.name, arguments: def.args, label: false, at, width };
        self.arguments(&called, &given, &|positional, named| def.read(positional, named).err());
    }

    /// What is read of a value whose kind is certain.
    fn members(&mut self, value: &Value, steps: &[Step<'_>]) {
        let (error, name, at) = match (known(value), steps) {
            (Some(Some_::Result), [Step::Property(name, at), ..])
                if !result::PROPERTIES.contains(name) =>
            {
                (result::no_property(name), *name, at)
            }
            (Some(Some_::Handle), [Step::Method(call, at), ..])
                if !HANDLE.contains(&call.name.as_str()) && !self.is_method(&call.name) =>
            {
                let name = call.name.as_str();
                let message = format!("the body of an operation has no `{name}`");
                (unknown(message, name, HANDLE.iter().copied()), name, at)
            }
            (Some(Some_::Arguments(def)), [Step::Property(name, at), ..])
                if !def.args.iter().any(|it| it.name == *name) =>
            {
                let names = def.args.iter().map(|it| it.name);
                let message = format!("`{}` has no argument `{name}`", def.name);
                (unknown(message, name, names), *name, at)
            }
            _ => return,
        };
        self.problem(error, *at, name.chars().count());
    }
}

fn wrong_count(name: &str, takes: usize, got: usize) -> Error {
    let plural = if takes == 1 { "" } else { "s" };
    Error::usage(format!("`{name}` takes {takes} argument{plural}, not {got}"))
}

fn no_operation(module: &str, name: &str) -> Error {
    let known = operations::all().filter(|def| def.module() == module).map(OpDef::short_name);
    let mut error = unknown(format!("`{module}` has no operation `{name}`"), name, known);
    if error.hint.is_none() {
        error.hint = problem::elsewhere(name);
    }
    error
}

/// Whether a deploy block takes an argument of that name.
fn is_of_block(name: &str) -> bool {
    name == "fail_percent" || GlobalArgs::knows(name)
}
