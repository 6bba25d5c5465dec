use indexmap::IndexMap;

use crate::args::Phrase;
use crate::template::{self, Settings, Source};
use crate::value::Value;
use crate::{Error, Host, Result};

/// The text of a file as an operation's arguments give it: itself, a local file, or a template.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GivenText<'a> {
    /// The text.
    pub(crate) content: Option<&'a Phrase>,
    /// A local file.
    pub(crate) src: Option<&'a str>,
    /// A template, a file of the project.
    pub(crate) template: Option<&'a str>,
    /// Variables for the template.
    pub(crate) data: Option<&'a IndexMap<String, Value>>,
}

impl GivenText<'_> {
    /// In how many ways it is given.
    pub(crate) fn ways(&self) -> usize {
        let ways = [self.content.is_some(), self.src.is_some(), self.template.is_some()];
        ways.iter().filter(|it| **it).count()
    }

    /// The text.
    pub(crate) fn read(&self, host: &Host<'_>) -> Result<String> {
        if let Some(src) = self.src {
            let file = host.file(src)?;
            let text = file.text().ok_or_else(|| {
                Error::usage(format!("`{src}` holds no text, or too much")).argument("src")
            })?;
            return Ok(text.to_string());
        }
        if let Some(template) = self.template {
            let data = self.data.cloned().unwrap_or_default();
            return template::render(host, &Source::File(template), &data, &Settings::read(None)?);
        }
        Ok(self.content.map(Phrase::reveal).unwrap_or_default().to_owned())
    }
}
