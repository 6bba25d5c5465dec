//! `infra doc --site DIR`: the manual as a static site. It needs no server and no network.

use std::collections::BTreeMap;
use std::path::Path;

use infra_engine::args::{ArgDef, Args};
use infra_engine::error::Error;
use infra_engine::options::GlobalArgs;
use serde_json::json;

use super::markdown::{code, escape, html, inline};
use super::page::{about, signature};
use super::scripts::{self, Script};
use super::{Entry, entries, first_sentence};
use crate::words::add;

/// The guides: file name, text.
const GUIDES: &[(&str, &str)] = &[
    ("first-deploy", include_str!("../../../../docs/first-deploy.md")),
    ("app-deploys", include_str!("../../../../docs/app-deploys.md")),
    ("own-operations", include_str!("../../../../docs/own-operations.md")),
    ("from-pyinfra", include_str!("../../../../docs/from-pyinfra.md")),
    ("from-ansible", include_str!("../../../../docs/from-ansible.md")),
    ("recipes", include_str!("../../../../docs/recipes.md")),
];

/// One page of the site.
struct Page {
    /// Its address, from the site's root.
    address: String,
    title: String,
    kind: &'static str,
    /// What it says in a line.
    first: String,
    /// What is searched.
    text: String,
    body: String,
}

/// Writes the site; how many pages it has.
pub(super) fn write(folder: &Path) -> Result<usize, Error> {
    let pages = pages();
    let index: Vec<_> = pages
        .iter()
        .filter(|it| !it.kind.is_empty())
        .map(|it| {
            json!({"page": it.address, "name": it.title, "kind": it.kind, "first": it.first,
                "text": it.text.to_lowercase()})
        })
        .collect();
    for page in &pages {
        put(folder, &page.address, &whole(page, &pages))?;
    }
    put(folder, "index.js", &format!("const INDEX = {};\n", json!(index)))?;
    put(folder, "style.css", include_str!("site/style.css"))?;
    put(folder, "search.js", include_str!("site/search.js"))?;
    Ok(pages.len())
}

fn put(folder: &Path, address: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(address);
    let parent = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    parent
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))
}

fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = GUIDES.iter().map(|(name, text)| guide(name, text)).collect();
    let mut all: Vec<Entry> = entries().collect();
    all.sort_by_key(|it| it.name);
    pages.extend(all.iter().map(entry));
    pages.extend(scripts::matching(|_, _| true).iter().map(script));
    pages.push(global_arguments());
    let start = start(&pages);
    pages.insert(0, start);
    pages
}

fn guide(name: &str, text: &str) -> Page {
    let title = text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
    let first = text.lines().skip(1).find(|it| !it.trim().is_empty()).unwrap_or_default();
    Page {
        address: format!("guides/{name}.html"),
        title,
        kind: "guide",
        first: first.to_owned(),
        text: text.to_owned(),
        body: html(text, &|link| guide_link(link)),
    }
}

/// Guides link to each other as files of the repository.
fn guide_link(link: &str) -> String {
    let name = link.trim_start_matches("docs/");
    match name.strip_suffix(".md") {
        Some(stem) if GUIDES.iter().any(|it| it.0 == stem) => format!("{stem}.html"),
        _ => link.to_owned(),
    }
}

fn address(entry: &Entry) -> String {
    format!("{}s/{}.html", entry.what, entry.name)
}

fn entry(entry: &Entry) -> Page {
    let same = |link: &str| link.to_owned();
    let mut body = format!(
        "<p class=\"kind\">{}</p>\n<h1>{}</h1>\n{}",
        entry.what,
        escape(entry.name),
        code(&signature(entry).replace("\n      ", "\n    ").replace("\n  )", "\n)"))
    );
    body.push_str(&html(entry.doc, &same));
    if !entry.args.is_empty() {
        body.push_str("<h2>Arguments</h2>\n");
        body.push_str(&arguments(entry.args.iter()));
    }
    if entry.what == "operation" {
        body.push_str(
            "<p class=\"about\">Besides these it takes the <a href=\"../global-arguments.html\">global arguments</a>.</p>\n",
        );
    }
    let names: Vec<&str> = entry.args.iter().map(|it| it.name).collect();
    Page {
        address: address(entry),
        title: entry.name.to_owned(),
        kind: entry.what,
        first: first_sentence(entry.doc),
        text: format!("{} {}", entry.doc, names.join(" ")),
        body,
    }
}

/// A script of the standard library, with a section for each of its functions.
fn script(script: &Script) -> Page {
    let same = |link: &str| link.to_owned();
    let alias = script.alias();
    let mut body = format!(
        "<p class=\"kind\">standard library</p>\n<h1>{}</h1>\n{}{}",
        escape(script.name),
        code(&format!("import \"{}\" as {alias};", script.name)),
        html(&script.doc, &same)
    );
    let mut text = script.doc.clone();
    for function in &script.functions {
        let call = format!("{alias}::{}({})", function.name, function.parameters.join(", "));
        add(
            &mut body,
            format_args!(
                "<h2 id=\"{}\">{}</h2>\n{}",
                escape(&function.name),
                escape(&call),
                html(&function.doc, &same)
            ),
        );
        add(&mut text, format_args!(" {} {}", function.name, function.doc));
    }
    Page {
        address: format!("{}.html", script.name),
        title: script.name.to_owned(),
        kind: "script",
        first: first_sentence(&script.doc),
        text,
        body,
    }
}

fn arguments<'a>(defs: impl Iterator<Item = &'a ArgDef>) -> String {
    let same = |link: &str| link.to_owned();
    let mut text = String::from("<dl class=\"arguments\">\n");
    for def in defs {
        add(
            &mut text,
            format_args!(
                "<dt id=\"{name}\">{name} <span class=\"about\">{about}</span></dt>\n<dd>{doc}</dd>\n",
                name = escape(def.name),
                about = inline(&about(def), &same),
                doc = html(def.doc, &same)
            ),
        );
    }
    text + "</dl>\n"
}

fn global_arguments() -> Page {
    let body = "<h1>Global arguments</h1>\n<p>Every operation takes these besides its own. They can also be \
        set for a block (<code>deploy</code>), for a host (data of that name), for a script (<code>config.sudo = \
        true</code>) and for a project (<code>config.rhai</code>); the nearest one counts.</p>\n"
        .to_owned();
    let text: Vec<&str> = GlobalArgs::ARGS.iter().flat_map(|it| [it.name, it.doc]).collect();
    Page {
        address: "global-arguments.html".to_owned(),
        title: "Global arguments".to_owned(),
        kind: "reference",
        first: "What every operation takes: _sudo, _if, _retries and more.".to_owned(),
        text: text.join(" "),
        body: [body, arguments(GlobalArgs::ARGS.iter())].concat(),
    }
}

/// The first page: guides, and all operations and facts by module.
fn start(pages: &[Page]) -> Page {
    let mut body = String::from(
        "<h1>infra</h1>\n<p>Deploy scripts say what hosts should be, facts say what they are; <code>infra</code> \
         shows the difference as a plan and, once approved, applies it over SSH.</p>\n",
    );
    let item = |text: &mut String, page: &Page| {
        add(
            text,
            format_args!(
                "<li><a href=\"{}\">{}</a> <span class=\"about\">{}</span></li>\n",
                page.address,
                escape(&page.title),
                inline(&page.first, &|link| link.to_owned())
            ),
        );
    };
    body.push_str("<h2>Guides</h2>\n<ul class=\"index\">\n");
    for page in pages.iter().filter(|it| it.kind == "guide") {
        add(
            &mut body,
            format_args!("<li><a href=\"{}\">{}</a></li>\n", page.address, escape(&page.title)),
        );
    }
    body.push_str("</ul>\n");
    for (title, kind) in [
        ("Reference", "reference"),
        ("Operations", "operation"),
        ("Facts", "fact"),
        ("Standard library", "script"),
    ] {
        add(&mut body, format_args!("<h2 id=\"{kind}\">{title}</h2>\n<ul class=\"index\">\n"));
        pages.iter().filter(|it| it.kind == kind).for_each(|page| item(&mut body, page));
        body.push_str("</ul>\n");
    }
    Page {
        address: "index.html".to_owned(),
        title: "infra".to_owned(),
        kind: "",
        first: String::new(),
        text: String::new(),
        body,
    }
}

/// A page with what stands around it.
fn whole(page: &Page, pages: &[Page]) -> String {
    let root = "../".repeat(page.address.matches('/').count());
    let title =
        if page.kind.is_empty() { "infra".to_owned() } else { format!("{} · infra", page.title) };
    format!(
        "<!doctype html>\n<html lang=\"en\" data-root=\"{root}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{root}style.css\">\n</head>\n<body>\n<header><a href=\"{root}index.html\">infra</a>\n\
         <form id=\"search\" role=\"search\" onsubmit=\"return false\"><input type=\"search\" placeholder=\"Search ( / )\" \
         aria-label=\"Search\" autocomplete=\"off\"><ul id=\"found\"></ul></form></header>\n<div class=\"frame\">\n{}\
         <main>\n{}</main>\n</div>\n<script src=\"{root}index.js\"></script>\n<script src=\"{root}search.js\"></script>\n</body>\n</html>\n",
        escape(&title),
        navigation(page, pages, &root),
        page.body
    )
}

/// The list of all pages, the one that is shown opened.
fn navigation(current: &Page, pages: &[Page], root: &str) -> String {
    let mut groups: BTreeMap<(usize, String), Vec<&Page>> = BTreeMap::new();
    for page in pages {
        let module = page.title.rsplit_once('.').map_or("", |it| it.0).to_owned();
        match page.kind {
            "guide" => groups.entry((0, "Guides".to_owned())).or_default().push(page),
            "reference" => groups.entry((1, "Reference".to_owned())).or_default().push(page),
            "script" => groups.entry((2, "Standard library".to_owned())).or_default().push(page),
            "operation" | "fact" => groups.entry((3, module)).or_default().push(page),
            _ => {}
        }
    }
    let mut text =
        String::from("<nav>\n<button class=\"menu\" type=\"button\">All pages</button>\n");
    for ((_, name), mut members) in groups {
        members.sort_by_key(|it| (it.kind == "fact", it.title.clone()));
        let open = members.iter().any(|it| it.address == current.address);
        let open = if open { " open" } else { "" };
        add(&mut text, format_args!("<details{open}><summary>{}</summary><ul>\n", escape(&name)));
        for page in members {
            let here = if page.address == current.address { " aria-current=\"page\"" } else { "" };
            let fact = if page.kind == "fact" { " <span class=\"about\">fact</span>" } else { "" };
            let short = page.title.rsplit_once('.').map_or(page.title.as_str(), |it| it.1);
            let short = if page.kind == "guide" { page.title.as_str() } else { short };
            add(
                &mut text,
                format_args!(
                    "<li><a href=\"{root}{}\"{here}>{}</a>{fact}</li>\n",
                    page.address,
                    escape(short)
                ),
            );
        }
        text.push_str("</ul></details>\n");
    }
    text + "</nav>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_leads_to_a_page() {
        let pages = pages();
        let known: Vec<&str> = pages.iter().map(|it| it.address.as_str()).collect();
        let mut wrong = Vec::new();
        for page in &pages {
            let folder = page.address.rsplit_once('/').map_or("", |it| it.0);
            for link in whole(page, &pages).split("href=\"").skip(1) {
                let link = link.split('"').next().unwrap_or_default();
                let target = match link.strip_prefix("../") {
                    Some(up) => up.to_owned(),
                    None if folder.is_empty() => link.to_owned(),
                    None => format!("{folder}/{link}"),
                };
                let is_file = ["style.css"].contains(&target.as_str());
                if !link.starts_with("http") && !is_file && !known.contains(&target.as_str()) {
                    wrong.push(format!("{}: {link}", page.address));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(pages.len() > 150, "only {} pages", pages.len());
    }
}
