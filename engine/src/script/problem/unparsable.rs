//! Scripts that do not parse: what Rhai's parser says, and where that is to be mended.

use std::sync::Arc;

use rhai::{Engine, LexError, ParseError, ParseErrorType, Position, Token};

use super::words::lower;
use super::{habits, place};
use crate::error::Error;
use crate::place::{Place, Problem};

/// What is said of a comment that goes on to the end of the script. Rhai says nothing of it.
pub(crate) const OPEN_COMMENT: &str = "the comment that begins here is never closed";

/// The problem of a script with a comment that is never closed: all that is behind it would be left out in silence.
pub(crate) fn unclosed(engine: &Engine, file: &Arc<str>, text: &Arc<str>) -> Option<Problem> {
    let at = open_comment(engine, text)?;
    let error = Error::usage(OPEN_COMMENT)
        .hint("`*/` closes it; where comments stand in each other, each needs its own");
    Some(Problem { width: 2, ..Problem::at(error, place(file, at), Some(Arc::clone(text))) })
}

/// Where the comment begins in which a script ends. Text with `${…}` in it is read as Rhai's parser does: it goes on
/// behind the brace that closes.
fn open_comment(engine: &Engine, text: &str) -> Option<Position> {
    if !text.contains("/*") {
        return None;
    }
    let inputs = [text];
    let (mut tokens, control) = engine.lex(&inputs);
    tokens.state.include_comments = true;
    let mut braces = 0;
    // How many braces are open around each text that is under way.
    let mut texts: Vec<i32> = Vec::new();
    loop {
        let behind = tokens.pos;
        match tokens.next() {
            // Of `/***`, Rhai gives no token.
            Some((Token::EOF, _)) if tokens.state.comment_level > 0 => return Some(behind),
            // Behind an error there is no telling; the parser tells it.
            None | Some((Token::EOF | Token::LexError(_), _)) => return None,
            Some((Token::Comment(_), at)) if tokens.state.comment_level > 0 => return Some(at),
            Some((Token::InterpolatedString(_), _)) => texts.push(braces),
            Some((Token::LeftBrace | Token::MapStart, _)) => braces += 1,
            Some((Token::RightBrace, _)) => {
                braces -= 1;
                control.borrow_mut().is_within_text = texts.pop_if(|at| *at == braces).is_some();
            }
            Some(_) => {}
        }
    }
}

/// A problem of a script that does not parse.
pub(crate) fn unparsable(error: &ParseError, file: &Arc<str>, text: &Arc<str>) -> Problem {
    let missing = match &*error.0 {
        ParseErrorType::MissingToken(token, _) => token.as_str(),
        _ => "",
    };
    let mut at = place(file, error.1);
    let hint = match &*error.0 {
        ParseErrorType::Reserved(word) if word == "#" => {
            Some("a comment begins with `//`".to_owned())
        }
        ParseErrorType::DuplicatedProperty(key) => Some(format!("`{key}` stands twice in one map")),
        ParseErrorType::Reserved(word) => Some(of_the_language(word)),
        ParseErrorType::FnMissingName => word_at(text, error.1).map(|it| of_the_language(&it)),
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            Some("text of several lines stands between backticks: `…`".to_owned())
        }
        ParseErrorType::BadInput(LexError::MalformedChar(_)) => {
            Some("text stands between double quotes: \"…\"".to_owned())
        }
        _ => habits::at(text, at.line, at.column, missing).map(str::to_owned),
    };
    let mut message = error.0.to_string();
    lower(&mut message);
    let mut error_ = Error::usage(message);
    error_.hint = hint;
    if missing == ";"
        && let Some(end) = end_before(text, &at)
    {
        at = end;
    }
    Problem::at(error_, at, Some(Arc::clone(text)))
}

/// Where a statement ends that lacks its `;`: behind the last text before a place at which a line begins.
fn end_before(text: &str, at: &Place) -> Option<Place> {
    let lines: Vec<&str> = text.lines().collect();
    let (current, before) = (lines.get(at.line.checked_sub(1)?)?, lines.get(..at.line - 1)?);
    let is_first = current.chars().take(at.column.checked_sub(1)?).all(char::is_whitespace);
    let line = before.iter().rposition(|it| !it.trim().is_empty()).filter(|_| is_first)?;
    let code = before.get(line)?.trim_end();
    // A comment at the end of the line would have to be told from text.
    (!code.contains("//")).then(|| Place {
        file: Arc::clone(&at.file),
        line: line + 1,
        column: code.chars().count() + 1,
    })
}

fn of_the_language(word: &str) -> String {
    format!("`{word}` is a word of the language; use another name")
}

/// The word at a position.
fn word_at(text: &str, at: Position) -> Option<String> {
    let line = text.lines().nth(at.line()?.checked_sub(1)?)?;
    let rest = line.chars().skip(at.position()?.checked_sub(1)?);
    let word: String = rest.take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    (!word.is_empty()).then_some(word)
}
