//! One script: its tree, its functions, and what it names.

use std::collections::HashSet;

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::chain::{Step, flatten};
use crate::script::sources::Script;

/// A parsed script.
pub(super) struct Unit {
    pub(super) script: Script,
    /// Its functions, closures among them.
    pub(super) functions: Vec<Function>,
    /// Its top-level variables, which tasks see.
    pub(super) variables: Vec<String>,
    pub(super) mentions: Mentions,
}

/// A function of a script.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<String>,
    pub(super) private: bool,
    pub(super) body: Vec<Stmt>,
}

/// What a script names, whether it runs or not.
pub(super) struct Mentions {
    /// Scripts by literal path.
    pub(super) links: Vec<Link>,
    /// Variables that change after they are declared, or may.
    pub(super) touched: HashSet<String>,
    /// Names of imported modules.
    pub(super) aliases: HashSet<String>,
    /// Data that it sets or asks for.
    pub(super) data: HashSet<String>,
    /// Facts and operations that it defines.
    pub(super) defined: HashSet<String>,
    /// The calls that define them.
    pub(super) definitions: Vec<Definition>,
    /// Names that lines declare which do not parse.
    pub(super) unread: HashSet<String>,
    /// Whether it makes local files, or asks whether they are there.
    pub(super) makes_files: bool,
    /// Whether it has variables that cannot be told: it evaluates text, or calls functions with its scope.
    pub(super) open_scope: bool,
}

/// A call of `operation_define` or `fact_define`.
pub(super) struct Definition {
    pub(super) is_fact: bool,
    pub(super) arguments: Vec<Expr>,
    pub(super) at: Position,
}

/// An `include` or `import` with a literal path.
pub(super) struct Link {
    pub(super) path: String,
    pub(super) at: Position,
    /// Included, not imported.
    pub(super) include: bool,
    /// What it is imported as.
    pub(super) alias: Option<String>,
    /// Variables that the script gets; `None` where they cannot be told.
    pub(super) given: Option<Vec<String>>,
}

impl Unit {
    pub(super) fn new(script: Script) -> Self {
        let functions = functions(&script.ast);
        let variables = script.ast.statements().iter().filter_map(|it| match it {
            Stmt::Var(it, ..) => Some(it.0.name.to_string()),
            _ => None,
        });
        let variables = variables.collect();
        let own_include = functions.iter().any(|it| it.name == "include");
        let mentions = Mentions::of(&script.ast, own_include);
        Self { script, functions, variables, mentions }
    }

    /// The function that a closure's pointer names.
    pub(super) fn closure(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|it| it.name == name)
    }

    /// Functions with a name.
    pub(super) fn named(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|it| !it.name.starts_with("anon$"))
    }
}

impl Function {
    /// The options that the function takes in a map, by the index of that parameter: each option's name,
    /// and whether it must be given.
    pub(super) fn options(&self) -> Vec<(usize, Vec<(&str, bool)>)> {
        let calls = self.body.iter().filter_map(|statement| match statement {
            Stmt::Var(parts, ..) => match &parts.1 {
                Expr::FnCall(call, _) => Some(&**call),
                _ => None,
            },
            Stmt::FnCall(call, _) => Some(&**call),
            _ => None,
        });
        let declared = calls.filter(|call| call.name == "options").filter_map(|call| {
            let [Expr::Variable(given, ..), Expr::Map(declared, _)] = call.args.as_slice() else {
                return None;
            };
            let parameter = self.parameters.iter().position(|it| *it == given.1.as_str())?;
            let is_required =
                |value: &Expr| matches!(value, Expr::FnCall(call, _) if call.name == "required");
            let options =
                declared.0.iter().map(|(key, value)| (key.name.as_str(), is_required(value)));
            Some((parameter, options.collect()))
        });
        declared.collect()
    }
}

/// The functions with their statements. Rhai shows a body only to a walk, which does not tell whose it
/// is, so each function is walked in a tree of its own.
fn functions(ast: &AST) -> Vec<Function> {
    ast.iter_functions()
        .map(|function| {
            let count = function.params.len();
            let mut alone = ast.clone_functions_only();
            alone.retain_functions(|_, _, name, parameters| {
                name == function.name && parameters == count
            });
            let mut body = Vec::new();
            alone.walk(&mut |path: &[ASTNode<'_>]| {
                if let [ASTNode::Stmt(stmt)] = path {
                    body.push((*stmt).clone());
                }
                true
            });
            Function {
                name: function.name.to_owned(),
                parameters: function.params.iter().map(|it| (*it).to_owned()).collect(),
                private: matches!(function.access, rhai::FnAccess::Private),
                body,
            }
        })
        .collect()
}

impl Mentions {
    fn of(ast: &AST, own_include: bool) -> Self {
        let mut mentions = Self {
            links: Vec::new(),
            touched: HashSet::new(),
            aliases: HashSet::new(),
            data: HashSet::new(),
            defined: HashSet::new(),
            definitions: Vec::new(),
            unread: HashSet::new(),
            makes_files: false,
            open_scope: false,
        };
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Stmt(stmt)) => mentions.statement(stmt, own_include),
                Some(ASTNode::Expr(expr)) => mentions.expression(expr, own_include),
                _ => {}
            }
            true
        });
        mentions
    }

    fn statement(&mut self, stmt: &Stmt, own_include: bool) {
        match stmt {
            Stmt::FnCall(call, at) => self.call(call, *at, own_include),
            Stmt::Assignment(parts) => {
                let (root, steps) = flatten(&parts.1.lhs);
                if let Expr::Variable(name, ..) = root {
                    self.touched.insert(name.1.to_string());
                }
                // `host.data.x = …`
                if let [Step::Property("data", _), Step::Property(key, _)] = steps.as_slice() {
                    self.data.insert((*key).to_owned());
                }
                if let [Step::Property("data", _), Step::Index(key)] = steps.as_slice() {
                    self.data.extend(text(key).map(str::to_owned));
                }
            }
            Stmt::Import(parts, _) => {
                let alias = parts.1.name.to_string();
                self.aliases.insert(alias.clone());
                if let Expr::StringConstant(path, at) = &parts.0 {
                    self.links.push(Link {
                        path: path.to_string(),
                        at: *at,
                        include: false,
                        alias: Some(alias),
                        given: None,
                    });
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr, own_include: bool) {
        match expr {
            Expr::FnCall(call, at) => self.call(call, *at, own_include),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, at: Position, own_include: bool) {
        self.open_scope |= call.name == "eval" || call.capture_parent_scope;
        if call.is_operator_call() || call.is_qualified() {
            return;
        }
        // A native function may change its first argument.
        if let Some(Expr::Variable(name, ..)) = call.args.first() {
            self.touched.insert(name.1.to_string());
        }
        match (call.name.as_str(), call.args.first()) {
            ("include", Some(Expr::StringConstant(path, at))) if !own_include => {
                let given = match call.args.get(1) {
                    None => Some(Vec::new()),
                    Some(Expr::Map(map, _)) => {
                        Some(map.0.iter().map(|(key, _)| key.name.to_string()).collect())
                    }
                    Some(_) => None,
                };
                let path = path.to_string();
                self.links.push(Link { path, at: *at, include: true, alias: None, given });
            }
            (function @ ("fact_define" | "operation_define"), Some(name)) => {
                self.definitions.push(Definition {
                    is_fact: function == "fact_define",
                    arguments: call.args.to_vec(),
                    at,
                });
                self.defined.extend(text(name).map(str::to_owned));
            }
            _ => {}
        }
    }

    fn chain(&mut self, expr: &Expr) {
        let (root, steps) = flatten(expr);
        let Expr::Variable(variable, ..) = root else { return };
        let name = variable.1.as_str();
        if steps.iter().any(|it| matches!(it, Step::Method(..))) {
            self.touched.insert(name.to_owned());
        }
        if let ("local" | "files", [Step::Method(call, _)]) = (name, steps.as_slice()) {
            self.makes_files |= matches!(call.name.as_str(), "shell" | "exists" | "get");
        }
        // `host.data.get("x", …)`, `host.data.contains("x")`
        if let [Step::Property("data", _), Step::Method(call, _), ..] = steps.as_slice()
            && let Some(key) = call.args.first().and_then(text)
        {
            self.data.insert(key.to_owned());
        }
    }
}

/// The text of a text constant.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringConstant(text, _) => Some(text.as_str()),
        _ => None,
    }
}
