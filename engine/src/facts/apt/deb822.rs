//! `.sources` files: paragraphs of `Field: value`, as sources.list(5) and deb822(5) describe them.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{AptRepo, OneOrSeveral};

/// The sources that a `.sources` file declares; disabled and incomplete ones are none.
pub(super) fn parse(text: &str) -> Vec<AptRepo> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let paragraphs = lines.split(|line| line.trim().is_empty());
    paragraphs.map(fields).filter_map(|fields| repos(&fields)).flatten().collect()
}

/// The fields of a paragraph, names in lower case. A value goes on in lines that begin with a gap; a
/// lone dot there is an empty line.
fn fields(lines: &[&str]) -> HashMap<String, String> {
    let mut fields: HashMap<String, String> = HashMap::new();
    let mut current = String::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = fields.get_mut(&current) {
                let line = line.get(1..).unwrap_or_default();
                value.push('\n');
                value.push_str(if line == "." { "" } else { line });
            }
        } else if let Some((name, value)) = line.split_once(':') {
            current = name.trim().to_ascii_lowercase();
            fields.insert(current.clone(), value.trim().to_owned());
        }
    }
    fields
}

/// Every combination of types, addresses and suites.
fn repos(fields: &HashMap<String, String>) -> Option<Vec<AptRepo>> {
    let words = |name: &str| -> Vec<String> {
        fields
            .get(name)
            .into_iter()
            .flat_map(|it| it.split_whitespace())
            .map(str::to_owned)
            .collect()
    };
    let enabled = fields.get("enabled").is_none_or(|it| {
        !matches!(it.to_ascii_lowercase().as_str(), "no" | "false" | "without" | "off" | "disable")
    });
    let known = ["types", "uris", "suites"].iter().all(|name| fields.contains_key(*name));
    if !enabled || !known {
        return None;
    }
    let signed_by = match fields.get("signed-by").map(|it| it.trim()) {
        Some(key) if key.contains("-----BEGIN PGP") => vec![key.to_owned()],
        _ => words("signed-by"),
    };
    let trusted = fields.get("trusted").map(|it| it.to_ascii_lowercase());
    let options: IndexMap<String, OneOrSeveral> = [
        ("arch", words("architectures")),
        ("signed-by", signed_by),
        ("trusted", trusted.into_iter().filter(|it| !it.is_empty()).collect()),
    ]
    .into_iter()
    .filter_map(|(name, values)| Some((name.to_owned(), OneOrSeveral::of(values)?)))
    .collect();
    let mut repos = Vec::new();
    for kind in words("types") {
        for url in words("uris") {
            for distribution in words("suites") {
                repos.push(AptRepo {
                    kind: kind.clone(),
                    url: url.clone(),
                    distribution,
                    components: words("components"),
                    options: options.clone(),
                });
            }
        }
    }
    Some(repos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combines_types_addresses_and_suites() {
        let text = "Types: deb deb-src\nURIs: http://a http://b\nSuites: x y\nComponents: main\n\
            Architectures: amd64\n# why\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n k\n\n\
            Types: deb\nURIs: http://c\nSuites: z\nEnabled: no\n\nTypes: deb\nURIs: http://d\n";
        let repos = parse(text);
        assert_eq!(repos.len(), 8);
        assert_eq!(repos[0].options["arch"], OneOrSeveral::One("amd64".into()));
        let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nk";
        assert_eq!(repos[7].options["signed-by"], OneOrSeveral::One(key.into()));
    }
}
