use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::command::Secret;
use crate::fact::{Answer, Question, QuestionId};
use crate::host::{Identity, Source as Answers};
use crate::options::SharedContext;
use crate::project::Project;
use crate::value::Value;

/// A host whose answers come when they are asked for once more.
struct SlowHost {
    answers: RefCell<HashMap<String, Answer>>,
    asked: RefCell<Vec<String>>,
    project: Project,
}

impl SlowHost {
    fn new(folder: PathBuf) -> Self {
        Self {
            answers: RefCell::default(),
            asked: RefCell::default(),
            project: Project::new(vec![folder]),
        }
    }

    fn render(&self, template: &Source<'_>, settings: &Settings) -> Result<String> {
        let data = match Value::from(json!({
            "port": 8080, "on": true, "nothing": null, "users": ["ann", "bob"],
            "tree": {"b": {"y": 2}, "a": 1}, "text": "a.b/c.d.e",
        })) {
            Value::Map(mut map) => {
                map.insert("later".into(), Value::Unknown("known when `x` has run".into()));
                map.insert("key".into(), Value::Secret(Secret::new("tmpl-s3cret")));
                map
            }
            _ => Map::new(),
        };
        render(&Host::new(self, SharedContext::default()), template, &data, settings)
    }

    fn text(&self, template: &str) -> Result<String> {
        self.render(&Source::Text(template), &Settings::default())
    }
}

impl Answers for SlowHost {
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        self.answers.borrow().get(&format!("{}({})", id.fact, id.key)).cloned().map(Ok)
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        self.asked.borrow_mut().push(format!("{}({})", question.id.fact, question.id.key));
        Err(Error::pending())
    }

    fn want(&self, _question: Question) {}

    fn identity(&self) -> Identity {
        let data = [("colour".to_owned(), Value::from("red"))].into_iter().collect();
        Identity { name: "web1".into(), groups: vec!["web".into(), "all".into()], data }
    }

    fn project(&self) -> &Project {
        &self.project
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn renders_as_jinja2_does() {
    let host = SlowHost::new(PathBuf::new());
    for (template, expected) in [
        ("{{ port }} {{ on }} {{ nothing }} {{ 1.0 }}\n", "8080 True None 1.0\n"),
        ("{{ host }} {{ host.name }} {{ host.groups | join(',') }}", "web1 web1 web,all"),
        ("{{ host.data.colour }} {{ host.data.get('size', 3) }}", "red 3"),
        ("{% if host.data.size is defined %}x{% endif %}{{ host.data.size | default(1) }}", "1"),
        ("{% for u in users %}\n{{ u }}\n{% endfor %}\n", "\nann\n\nbob\n\n"),
        ("{{ key }}", "tmpl-s3cret"),
        ("{{ tree | to_json }}", r#"{"b": {"y": 2}, "a": 1}"#),
        ("{{ tree | to_nice_json(indent=2) }}", "{\n  \"a\": 1,\n  \"b\": {\n    \"y\": 2\n  }\n}"),
        ("{{ tree | to_yaml }}", "a: 1\nb:\n  \"y\": 2\n"),
        ("{{ '{\"a\": [1]}' | from_json }} {{ 'a: [1]' | from_yaml }}", "{'a': [1]} {'a': [1]}"),
        ("{{ 'grün' | b64encode }} {{ 'Z3LDvG4=' | b64decode }}", "Z3LDvG4= grün"),
        (r"{{ 'a1b22' | regex_replace('[0-9]+', '<\\g<0>>') }}", "a<1>b<22>"),
        (r"{{ 'Key=v' | regex_replace('(?i)key=(.)', '\\1$1') }}", "v$1"),
        ("{{ 'ab12' | regex_search('[0-9]+') }} {{ 'ab' | regex_search('x') }}", "12 None"),
        (
            r"{{ 'k=V' | regex_search('(?P<n>\w)=(v)', '\\g<n>', '\\2', ignorecase=True) }}",
            "['k', 'V']",
        ),
        ("{{ 'a1b2' | regex_findall('[a-z]') }} {{ 'a.b' | regex_escape }}", r"['a', 'b'] a\.b"),
        ("{{ \"it's\" | quote }} {{ 'plain' | quote }}", r"'it'\''s' plain"),
        (
            "{{ text | basename }} {{ text | dirname }} {{ text | splitext }}",
            "c.d.e a.b ['a.b/c.d', '.e']",
        ),
        ("{{ tree | combine({'a': 3}, {'c': 4}) }}", "{'b': {'y': 2}, 'a': 3, 'c': 4}"),
        (
            "{{ tree | combine({'b': {'z': 3}}, recursive=True) }}",
            "{'b': {'y': 2, 'z': 3}, 'a': 1}",
        ),
        ("{{ on | ternary('yes', 'no') }} {{ nothing | ternary(1, 2, 3) }}", "yes 3"),
        ("{{ {'a': 1} | dict2items }}", "[{'key': 'a', 'value': 1}]"),
        ("{{ [{'key': 'a', 'value': 1}] | items2dict }}", "{'a': 1}"),
        (
            "{{ [1, [2, [3]]] | flatten }} {{ [1, [2, [3]]] | flatten(levels=1) }}",
            "[1, 2, 3] [1, 2, [3]]",
        ),
        ("{{ [1, 2, 2] | difference([1]) }} {{ [1] | union([2, 1]) }}", "[2] [1, 2]"),
        (
            "{{ 'x' | hash('sha256') | truncate(8, true, '') }} {{ 'x' | md5 }}",
            "2d711642 9dd4e461268c8034f5c8564e155c67a6",
        ),
        (
            "{{ 'one two three' | truncate(9, leeway=0) }} {{ 'one two' | wordwrap(3) }}",
            "one... one\ntwo",
        ),
        ("{{ 'abcdefg h' | wordwrap(3, wrapstring='|') }}", "abc|def|g h"),
        ("{{ 'yes' | bool }} {{ 'off' | bool }} {{ 'a\nb' | comment }}", "True False # a\n# b"),
        (
            "{{ '1.10' is version('1.9', '>=') }} {{ 'abc' is match('b') }} {{ 'abc' is search('b') }}",
            "True False True",
        ),
        ("{{ users is contains('ann') }} {{ ['ann'] is subset(users) }}", "True True"),
        (
            "{{ 'x'.upper() }} {{ tree.items() | list | length }} {{ 'a,b'.split(',') }}",
            "X 2 ['a', 'b']",
        ),
        (
            "{% for u in users %}{% if loop.first %}{% continue %}{% endif %}{{ u }}{% endfor %}",
            "bob",
        ),
        ("{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "12"),
    ] {
        assert_eq!(host.text(template).as_deref(), Ok(expected), "{template}");
    }
}

/// `jinja2.json` holds templates and what Jinja2 3.1 renders of them, without and with the filters of
/// Ansible 2.19.
#[test]
fn renders_what_jinja2_renders() {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("jinja2.json")).expect("it is JSON");
    let data = match Value::from(cases["data"].clone()) {
        Value::Map(map) => map,
        _ => Map::new(),
    };
    let host = SlowHost::new(PathBuf::new());
    let mut differences = String::new();
    let list = |name: &str| cases[name].as_array().expect("a list of cases").iter();
    for case in list("cases").chain(list("ansible")) {
        let (template, expected) = (case[0].as_str(), case[1].as_str());
        let template = template.expect("a template");
        let source = Source::Text(template);
        let host = Host::new(&host, SharedContext::default());
        match render(&host, &source, &data, &Settings::default()) {
            Ok(text) if Some(text.as_str()) == expected => {}
            Ok(text) => {
                let _ =
                    writeln!(differences, "{template}\n  jinja2 {expected:?}\n  here   {text:?}");
            }
            Err(error) => {
                let _ = writeln!(differences, "{template}\n  {}", error.message);
            }
        }
    }
    assert_eq!(differences, "");
}

#[test]
fn says_what_is_wrong_and_what_was_meant() {
    let host = SlowHost::new(PathBuf::new());
    for (template, message, hint) in [
        (
            "a\n{{ prot }}",
            "template content, line 2: `prot` is undefined, in `{{ prot }}`",
            Some("did you mean `port`?"),
        ),
        (
            "{{ host.data.color }}",
            "template content, line 1: `host.data.color` is undefined, in `{{ host.data.color }}`",
            Some("did you mean `colour`?"),
        ),
        (
            "{{ tree.zz.y }}",
            "template content, line 1: `tree.zz` is undefined, in `{{ tree.zz.y }}`",
            Some("check what it belongs to, or write `tree.zz | default(…)`"),
        ),
        (
            "{{ port | to_jsn }}",
            "template content, line 1: filter to_jsn is unknown, in `{{ port | to_jsn }}`",
            Some("did you mean `to_json`?"),
        ),
        (
            "{% include 'gone.j2' %}",
            "template content, line 1: there is no template `gone.j2`, in `{% include 'gone.j2' %}`",
            Some("looked beside the template and in "),
        ),
        (
            "{{ host.fact('files.fil') }}",
            "template content, line 1: there is no fact `files.fil`; did you mean `files.file`?, \
             in `{{ host.fact('files.fil') }}`",
            None,
        ),
        ("{{ later }}", "known when `x` has run", None),
    ] {
        let error = host.text(template).expect_err(template);
        assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, hint), "{template}");
    }
}

#[test]
fn never_shows_a_secret() {
    let host = SlowHost::new(PathBuf::new());
    for template in
        ["{{ key | int }}", "{{ key | from_json }}", "{{ key + 1 }}", "{{ key.tmpl-s3cret }}"]
    {
        let error = host.text(template).expect_err(template);
        assert!(!error.message.contains("tmpl-s3cret"), "{}", error.message);
    }
}

#[test]
fn asks_for_all_facts_together() {
    let host = SlowHost::new(PathBuf::new());
    let template = "{% for p in ['/a', '/b'] %}{{ host.fact('files.sha1_file', p) }} {% endfor %}\
                    {{ host.get_fact('files.entry', path='/c').info.mode | default('') }}";
    let error = host.text(template).expect_err("nothing is known");
    assert_eq!(error.kind, ErrorKind::Pending);
    let questions =
        ["files.sha1_file(path=/a)", "files.sha1_file(path=/b)", "files.entry(path=/c)"];
    assert_eq!(*host.asked.borrow(), questions);
    for (question, answer) in questions.into_iter().zip([json!("aa"), json!("bb"), json!(null)]) {
        host.answers.borrow_mut().insert(question.to_owned(), Answer::json(answer));
    }
    let template = template.replace(".info.mode | default('')", " is none");
    assert_eq!(host.text(&template).as_deref(), Ok("aa bb True"));
}

#[test]
fn finds_templates_beside_and_in_the_project() {
    let folder = std::env::temp_dir().join(format!("infra-template-{}", std::process::id()));
    for (path, text) in [
        (
            "templates/page.j2",
            "{% extends 'base.j2' %}{% block body %}{% include 'in/part.j2' %}{% endblock %}",
        ),
        (
            "templates/in/part.j2",
            "{% from 'names.j2' import name %}{{ name('x') }}{% include 'top.j2' %}",
        ),
        ("templates/in/names.j2", "{% macro name(it) %}<{{ it }}>{% endmacro %}"),
        ("templates/base.j2", "[{% block body %}{% endblock %}]\n"),
        ("top.j2", "top"),
        ("templates/broken.j2", "{% include 'in/bad.j2' %}"),
        ("templates/in/bad.j2", "\n{{ user }}"),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let host = SlowHost::new(folder.clone());
    let render = |path| host.render(&Source::File(path), &Settings::default());
    let (page, broken) = (render("templates/page.j2"), render("templates/broken.j2"));
    fs::remove_dir_all(folder).expect("the folder was made above");
    assert_eq!(page.as_deref(), Ok("[<x>top]\n"));
    let error = broken.expect_err("a variable is missing");
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        (
            "template templates/in/bad.j2, line 2: `user` is undefined, in `{{ user }}`",
            Some("did you mean `users`?")
        )
    );
}

#[test]
fn the_language_has_settings() {
    let host = SlowHost::new(PathBuf::new());
    for (settings, template, expected) in [
        (
            json!({"trim_blocks": true, "lstrip_blocks": true}),
            "  {% if on %}\nx\n  {% endif %}\n",
            "x\n",
        ),
        (json!({"keep_trailing_newline": false}), "x\n", "x"),
        (
            json!({"variable_start_string": "<<", "variable_end_string": ">>"}),
            "<< port >> {{ port }}",
            "8080 {{ port }}",
        ),
        (
            json!({"line_statement_prefix": "#"}),
            "# for u in users\n{{ u }}\n# endfor\n",
            "ann\nbob\n",
        ),
        (json!({"autoescape": true}), "{{ '<' }}", "&lt;"),
    ] {
        let Value::Map(map) = Value::from(settings.clone()) else { continue };
        let settings = Settings::read(Some(&map)).expect("known settings");
        let text = host.render(&Source::Text(template), &settings);
        assert_eq!(text.as_deref(), Ok(expected), "{template}");
    }
    let wrong = [("trim_block".to_owned(), Value::Bool(true))].into_iter().collect();
    let error = Settings::read(Some(&wrong)).expect_err("no such setting");
    assert_eq!(error.hint.as_deref(), Some("did you mean `trim_blocks`?"));
}
