//! Repositories as `.repo` files declare them, which dnf, yum and zypper have in common.

use indexmap::IndexMap;

/// One repository: `repoid`, `name`, `filename`, and whatever its file says (`baseurl`, `enabled`, …).
pub type Repository = IndexMap<String, String>;

/// Writes a fact about the repositories in some files; each file is printed behind its name.
macro_rules! lists_repositories {
    ($fact:ty, $program:literal, $files:literal, $reads:expr) => {
        impl crate::Fact for $fact {
            type Output = Vec<crate::facts::rpm::Repository>;

            fn command(&self) -> crate::Shell {
                crate::Shell::raw(concat!(
                    "for f in ",
                    $files,
                    "; do [ -f \"$f\" ] && { echo \"#infra-filename: $f\"; cat \"$f\"; echo; }; done || true"
                ))
            }

            fn parse(&self, output: &str) -> crate::Result<Self::Output> {
                Ok(crate::facts::rpm::repositories::read(output))
            }

            fn requires(&self) -> Option<&'static str> {
                Some($program)
            }

            fn reads(&self) -> Vec<crate::Scope> {
                $reads
            }
        }
    };
}

pub(in crate::facts) use lists_repositories;

/// Reads files, each behind its name. `[repoid]` begins a repository, `key = value` belongs to it.
pub(in crate::facts) fn read(output: &str) -> Vec<Repository> {
    let mut repositories: Vec<Repository> = Vec::new();
    let mut file = None;
    let mut is_open = false;
    for line in output.lines().map(str::trim) {
        if let Some((mark, name)) = line.split_once("-filename:").filter(|_| line.starts_with('#'))
            && !mark.contains(' ')
        {
            file = Some(name.trim()).filter(|it| !it.is_empty());
            is_open = false;
        } else if line.starts_with('#') {
            // A comment.
        } else if let Some(heading) = line.strip_prefix('[') {
            let id = heading.strip_suffix(']').unwrap_or(heading);
            let mut repository = Repository::new();
            repository.insert("repoid".to_owned(), id.to_owned());
            repository.insert("name".to_owned(), id.to_owned());
            if let Some(file) = file {
                repository.insert("filename".to_owned(), file.to_owned());
            }
            repositories.push(repository);
            is_open = true;
        } else if let (true, Some((key, value))) = (is_open, line.split_once('='))
            && let Some(repository) = repositories.last_mut()
        {
            repository.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    repositories
}
