//! `jinja_env_kwargs`: settings of the template language, named as Jinja2 names them.

use indexmap::IndexMap;
use minijinja::syntax::SyntaxConfig;

use crate::error::{Error, Result, did_you_mean};
use crate::value::Value;

/// The settings of Jinja2 that mean something here.
const NAMES: &[&str] = &[
    "trim_blocks",
    "lstrip_blocks",
    "keep_trailing_newline",
    "autoescape",
    "block_start_string",
    "block_end_string",
    "variable_start_string",
    "variable_end_string",
    "comment_start_string",
    "comment_end_string",
    "line_statement_prefix",
    "line_comment_prefix",
    "extensions",
];

/// Settings of the template language.
#[expect(clippy::struct_excessive_bools, reason = "Jinja2 has these switches")]
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    trim_blocks: bool,
    lstrip_blocks: bool,
    keep_trailing_newline: bool,
    pub(super) autoescape: bool,
    block: [String; 2],
    variable: [String; 2],
    comment: [String; 2],
    line_statement_prefix: Option<String>,
    line_comment_prefix: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let pair = |start: &str, end: &str| [start.to_owned(), end.to_owned()];
        Self {
            trim_blocks: false,
            lstrip_blocks: false,
            // A file that ends in a newline stays one.
            keep_trailing_newline: true,
            autoescape: false,
            block: pair("{%", "%}"),
            variable: pair("{{", "}}"),
            comment: pair("{#", "#}"),
            line_statement_prefix: None,
            line_comment_prefix: None,
        }
    }
}

impl Settings {
    /// Reads the settings; an unknown one is an error.
    pub(crate) fn read(given: Option<&IndexMap<String, Value>>) -> Result<Self> {
        let mut settings = Self::default();
        for (name, value) in given.into_iter().flatten() {
            settings.set(name, value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let wrong = |what: &str| {
            Error::usage(format!(
                "`{name}` in `jinja_env_kwargs` takes {what}, not {}",
                value.kind()
            ))
            .argument("jinja_env_kwargs")
        };
        let flag = || match value {
            Value::Bool(it) => Ok(*it),
            _ => Err(wrong("true or false")),
        };
        let text = || match value {
            Value::Text(text) | Value::Word(text) => Ok(text.clone()),
            _ => Err(wrong("text")),
        };
        let optional = || if matches!(value, Value::Unit) { Ok(None) } else { text().map(Some) };
        let [block_start, block_end] = &mut self.block;
        let [variable_start, variable_end] = &mut self.variable;
        let [comment_start, comment_end] = &mut self.comment;
        match name {
            "trim_blocks" => self.trim_blocks = flag()?,
            "lstrip_blocks" => self.lstrip_blocks = flag()?,
            "keep_trailing_newline" => self.keep_trailing_newline = flag()?,
            "autoescape" => self.autoescape = flag()?,
            "block_start_string" => *block_start = text()?,
            "block_end_string" => *block_end = text()?,
            "variable_start_string" => *variable_start = text()?,
            "variable_end_string" => *variable_end = text()?,
            "comment_start_string" => *comment_start = text()?,
            "comment_end_string" => *comment_end = text()?,
            "line_statement_prefix" => self.line_statement_prefix = optional()?,
            "line_comment_prefix" => self.line_comment_prefix = optional()?,
            // `do` and loop controls, which are extensions there, are always on here.
            "extensions" => {}
            _ => {
                let mut error = Error::usage(format!("`jinja_env_kwargs` has no setting `{name}`"))
                    .argument("jinja_env_kwargs");
                let known = NAMES.iter().copied();
                error.hint = did_you_mean(name, known)
                    .or_else(|| Some(format!("its settings are {}", NAMES.join(", "))));
                return Err(error);
            }
        }
        Ok(())
    }

    pub(super) fn syntax(&self) -> Result<SyntaxConfig> {
        let [block_start, block_end] = &self.block;
        let [variable_start, variable_end] = &self.variable;
        let [comment_start, comment_end] = &self.comment;
        let mut syntax = SyntaxConfig::builder();
        syntax
            .block_delimiters(block_start.clone(), block_end.clone())
            .variable_delimiters(variable_start.clone(), variable_end.clone())
            .comment_delimiters(comment_start.clone(), comment_end.clone())
            .trim_blocks(self.trim_blocks)
            .lstrip_blocks(self.lstrip_blocks)
            .keep_trailing_newline(self.keep_trailing_newline);
        if let Some(prefix) = &self.line_statement_prefix {
            syntax.line_statement_prefix(prefix.clone());
        }
        if let Some(prefix) = &self.line_comment_prefix {
            syntax.line_comment_prefix(prefix.clone());
        }
        syntax.build().map_err(|error| {
            Error::usage(format!("the delimiters in `jinja_env_kwargs` cannot be used: {error}"))
                .hint("start and end must be there, and differ from each other's starts")
                .argument("jinja_env_kwargs")
        })
    }
}
