//! What `pip install` is told: a name, with extras, versions, a place. PEP 508.

use crate::Result;
use crate::operations::packages::Package;

/// Reads `Django[argon2]>=4.2,<5; python_version > "3.8"`. An address or path is a package of that name,
/// so that pip decides.
pub(super) fn read(spec: &str) -> Result<Package> {
    let mut package = Package::read(spec, None)?;
    let requirement = spec.split(';').next().unwrap_or(spec);
    if requirement.contains("://") && !requirement.contains(" @ ") {
        return Ok(package);
    }
    let is_name = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    let end = requirement.find(|it| !is_name(it)).unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let rest = rest.trim();
    let rest = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((_extras, rest)) => rest.trim(),
        None => rest,
    };
    let specifiers = rest.trim_start_matches('(').trim_end_matches(')').trim();
    if !name.starts_with(|it: char| it.is_ascii_alphanumeric())
        || !(specifiers.is_empty() || specifiers.starts_with(['=', '<', '>', '!', '~']))
    {
        return Ok(package);
    }
    package.name = normal(name);
    package.version = (!specifiers.is_empty()).then(|| specifiers.to_owned());
    Ok(package)
}

/// The same; but `name @ ADDRESS` is met by any version of that name, for programs that do not look at an address
/// every time.
pub(crate) fn named(spec: &str) -> Result<Package> {
    let package = read(spec)?;
    let Some((name, _address)) = spec.split_once('@').filter(|_| package.version.is_none()) else {
        return Ok(package);
    };
    let name = read(name.trim())?.name;
    let is_name = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
    Ok(if is_name { Package { name, ..package } } else { package })
}

/// The name under which pip knows a package: small letters, one hyphen for every run of `-`, `_` and `.`.
/// PEP 503.
pub(crate) fn normal(name: &str) -> String {
    let mut normal = String::new();
    for it in name.chars() {
        let separates = "-_.".contains(it);
        if !separates {
            normal.push(it.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name() {
        for (spec, name) in [
            ("App[x] @ https://example.com/app.whl", "app"),
            ("git+https://user@example.com/app.git", "git+https://user@example.com/app.git"),
            ("app==1.0", "app"),
        ] {
            assert_eq!(named(spec).unwrap().name, name, "{spec}");
        }
    }

    #[test]
    fn reads_names_and_versions() {
        for (spec, name, version) in [
            ("Django", "django", None),
            ("zope.interface==5.0", "zope-interface", Some("==5.0")),
            ("a__B [x,y] >= 1, < 2 ; python_version > '3'", "a-b", Some(">= 1, < 2")),
            ("git+https://example.com/app.git", "git+https://example.com/app.git", None),
            ("app @ https://example.com/app.whl", "app @ https://example.com/app.whl", None),
            ("./app", "./app", None),
        ] {
            let package = read(spec).unwrap();
            assert_eq!(
                (package.name.as_str(), package.version.as_deref()),
                (name, version),
                "{spec}"
            );
        }
    }
}
