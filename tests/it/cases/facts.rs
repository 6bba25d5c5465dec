//! What facts read from what commands print.
//!
//! ```` ```args ```` are the fact's arguments (JSON), ```` ```output ```` is what its command prints, `no output`
//! as a heading's case without such a block. `` ```output escaped `` knows `\0`, `\t`, `\e` and `\\`. A fact that is
//! derived from others names whose output it is: `` ```output files.file ``. ```` ```value ```` is the answer
//! as JSON, or `error: …`; ```` ```command ```` is the command that asks.
//!
//! Each output is read again in pieces and with what a broken or hostile host may have put in: whatever comes of
//! it, no fact panics.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use infra_engine::fact::{Answer, Question, QuestionId, Source};
use infra_engine::host::Identity;
use infra_engine::options::{Context, SharedContext};
use infra_engine::project::Project;
use infra_engine::value::Map;
use infra_engine::{Error, Host, Result, Value, facts};
use infra_tests::{Block, Case, Outcome};

pub(crate) fn check(name: &str, case: &Case) -> Outcome {
    case.only(&["args", "output", "value", "command"], &[])?;
    let name = name.replace('/', ".");
    let fact = facts::find(&name).ok_or_else(|| format!("there is no fact {name}"))?;
    let arguments = case.object("args")?.into_iter().map(|(key, it)| (key, value(it))).collect();
    let fact = fact.read(Vec::new(), arguments).map_err(|errors| format!("{errors:?}"))?;
    let printed = Printed::new(case)?;
    let context: SharedContext = Arc::new(Context::default());
    let found = match fact.answer(&Host::new(&printed, context)) {
        Ok(answer) => format!("{:#}", answer.to_json()),
        Err(error) => format!("error: {}", error.message),
    };
    infra_tests::check(case, "value", &found)?;
    if case.block("command").is_some() {
        infra_tests::check(case, "command", &printed.asked.borrow().join("\n"))?;
    }
    for (at, (_, output)) in printed.output.iter().enumerate() {
        for spoiled in spoiled(output) {
            let printed = printed.with(at, &spoiled);
            // An answer or an error: both are fine, and both can be shown.
            if let Ok(answer) = fact.answer(&Host::new(&printed, SharedContext::default())) {
                answer.to_json();
            }
        }
    }
    Ok(())
}

/// The output broken off, without one of its words, and with what does not belong there.
fn spoiled(output: &[u8]) -> Vec<Vec<u8>> {
    const STRANGE: [&[u8]; 9] = [
        b"",
        b"\n",
        b"\0",
        b"\xff\xfe",
        b"\x1b[31m",
        b"-",
        b"99999999999999999999999",
        b"%s$(x)'\"",
        "ä€".as_bytes(),
    ];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let pieces: Vec<&[u8]> = output.chunk_by(|one, next| is_word(one) == is_word(next)).collect();
    let mut all = Vec::new();
    // A long output says the same again and again.
    for at in 0..pieces.len().min(12) {
        let (before, rest) = pieces.split_at(at);
        let behind = rest.iter().skip(1).copied();
        all.extend([before.concat(), rest.concat()]);
        all.extend(STRANGE.map(|it| {
            before.iter().copied().chain([it]).chain(behind.clone()).collect::<Vec<_>>().concat()
        }));
    }
    all
}

fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Unit,
        serde_json::Value::Bool(it) => Value::Bool(it),
        serde_json::Value::Number(it) => match it.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Float(it.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(it) => Value::Text(it),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(value).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.into_iter().map(|(key, it)| (key, value(it))).collect::<Map>())
        }
    }
}

/// A host whose commands print what the case says.
struct Printed {
    /// What is printed, by the fact that asks; `""` is any.
    output: Vec<(String, Vec<u8>)>,
    asked: RefCell<Vec<String>>,
    project: Project,
}

impl Printed {
    fn new(case: &Case) -> Outcome<Self> {
        let blocks = case.blocks.iter().filter(|block| block.kind == "output");
        let output: Outcome<Vec<_>> = blocks.map(printed).collect();
        let project = Project::new(vec![PathBuf::from(".")]);
        Ok(Self { output: output?, asked: RefCell::default(), project })
    }

    /// The same host, which prints something else there.
    fn with(&self, place: usize, bytes: &[u8]) -> Self {
        let others = self.output.iter().enumerate().map(|(at, (fact, output))| {
            let output = if at == place { bytes.to_vec() } else { output.clone() };
            (fact.clone(), output)
        });
        let project = Project::new(vec![PathBuf::from(".")]);
        Self { output: others.collect(), asked: RefCell::default(), project }
    }
}

impl Source for Printed {
    fn known(&self, _id: &QuestionId) -> Option<Result<Answer>> {
        None
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        self.asked.borrow_mut().push(question.command.to_string());
        let own = |it: &&(String, Vec<u8>)| it.0.is_empty() || it.0 == question.id.fact;
        let output = self.output.iter().find(own).map(|(_, bytes)| bytes.as_slice());
        (question.parse)(output)
    }

    fn want(&self, _question: Question) {}

    fn identity(&self) -> Identity {
        Identity { name: "web1".to_owned(), ..Identity::default() }
    }

    fn project(&self) -> &Project {
        &self.project
    }
}

/// Whose output a block is, and its bytes.
fn printed(block: &Block) -> Outcome<(String, Vec<u8>)> {
    let mut words: Vec<&str> = block.name.split_whitespace().collect();
    let is_escaped = words.contains(&"escaped");
    words.retain(|word| *word != "escaped");
    let text = if is_escaped { unescaped(&block.text)? } else { block.text.clone() };
    Ok((words.first().copied().unwrap_or_default().to_owned(), text.into_bytes()))
}

fn unescaped(text: &str) -> Outcome<String> {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let plain = match (character, character == '\\') {
            (other, false) => other,
            (_, true) => match characters.next() {
                Some('0') => '\0',
                Some('t') => '\t',
                Some('e') => '\u{1b}',
                Some('\\') => '\\',
                other => return Err(Error::usage(format!("unknown escape {other:?}")).message),
            },
        };
        result.push(plain);
    }
    Ok(result)
}
