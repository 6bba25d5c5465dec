//! `group_data` and `host_data`: where they are, read when a group or a host of that name exists.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::document::{Document, ENDINGS};
use super::draft::{Draft, Layer};
use crate::error::Error;
use crate::place::{Problem, shown};
use crate::script::DataScripts;
use crate::settings::Settings;

/// Data files by the name of their group or host; the later wins.
pub(super) struct DataFiles<'a> {
    scripts: &'a DataScripts,
    groups: IndexMap<String, Vec<PathBuf>>,
    hosts: IndexMap<String, Vec<PathBuf>>,
}

impl<'a> DataFiles<'a> {
    /// Looks beside the inventories, in the working directory, and in the folders of `--group-data`.
    pub(super) fn find(
        draft: &Draft,
        settings: &Settings,
        scripts: &'a DataScripts,
    ) -> Result<Self, Vec<Problem>> {
        let mut files = Self { scripts, groups: IndexMap::new(), hosts: IndexMap::new() };
        let mut places: Vec<PathBuf> = Vec::new();
        let beside = draft.files.iter().map(|it| it.parent().unwrap_or(Path::new("")).to_owned());
        for folder in beside.chain([PathBuf::new()]) {
            let whole = std::path::absolute(folder.join(".")).unwrap_or_else(|_| folder.clone());
            let whole = whole.canonicalize().unwrap_or(whole);
            if places.contains(&whole) {
                continue;
            }
            places.push(whole);
            list(&folder.join("group_data"), &mut files.groups)?;
            list(&folder.join("host_data"), &mut files.hosts)?;
        }
        for folder in &settings.group_data {
            if !folder.is_dir() {
                let error = Error::usage(format!("there is no folder `{}`", folder.display()))
                    .hint("`--group-data` names a folder that holds files such as all.rhai");
                return Err(vec![error.into()]);
            }
            list(folder, &mut files.groups)?;
            list(&folder.join("host_data"), &mut files.hosts)?;
        }
        Ok(files)
    }

    /// The data of a group, lowest priority first.
    pub(super) fn of_group(&mut self, name: &str) -> Result<Vec<Layer>, Vec<Problem>> {
        self.read(self.groups.get(name))
    }

    /// The data of a host, lowest priority first.
    pub(super) fn of_host(&mut self, name: &str) -> Result<Vec<Layer>, Vec<Problem>> {
        self.read(self.hosts.get(name))
    }

    fn read(&self, paths: Option<&Vec<PathBuf>>) -> Result<Vec<Layer>, Vec<Problem>> {
        let paths = paths.map(Vec::as_slice).unwrap_or_default();
        let layer = |path: &PathBuf| {
            let document = Document::read(path, self.scripts)?;
            Ok(Layer { origin: document.name.to_string(), data: document.values })
        };
        paths.iter().map(layer).collect()
    }
}

/// Adds the data files of one folder; the name of each is the file's without its ending.
fn list(folder: &Path, files: &mut IndexMap<String, Vec<PathBuf>>) -> Result<(), Vec<Problem>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let error = Error::usage(format!("cannot read `{}`: {error}", shown(folder)));
            return Err(vec![error.into()]);
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    let mut here: IndexMap<String, PathBuf> = IndexMap::new();
    for path in paths.into_iter().filter(|it| it.is_file()) {
        let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        let (Some(name), true) = (path.file_stem(), ENDINGS.contains(&ending)) else {
            continue;
        };
        let name = name.to_string_lossy().into_owned();
        if let Some(other) = here.insert(name.clone(), path.clone()) {
            let error = Error::usage(format!("`{name}` has two data files in one folder"))
                .hint(format!("keep one of `{}` and `{}`", shown(&other), shown(&path)));
            return Err(vec![error.into()]);
        }
    }
    for (name, path) in here {
        files.entry(name).or_default().push(path);
    }
    Ok(())
}
