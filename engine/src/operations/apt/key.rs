use crate::args::{Mode, OneOrMany};
use crate::facts::apt::KEYRING_DIRECTORIES;
use crate::operations::gpg;
use crate::{Args, Commands, Host, Operation, Result};

/// Install a key that apt's sources are signed with, or remove it.
///
/// The key goes into a file of its own, to be named in `signed-by`. Without `dest` that file is named
/// after where the key comes from. With `present: false` and `keyid` alone, the key is removed from
/// all of apt's keyrings.
///
/// ```rhai
/// apt.key("https://download.docker.com/linux/debian/gpg", #{ dest: "docker.gpg" });
/// apt.key(#{ keyserver: "hkps://keyserver.ubuntu.com", keyid: "0xD88E42B4", dest: "vendor.gpg" });
/// apt.key(#{ keyid: "0xD88E42B4", present: false });
/// ```
#[derive(Debug, Args)]
#[args("apt.key")]
pub(crate) struct Key {
    /// Path of a file on the host, or an address.
    src: Option<String>,

    /// Address of a keyserver.
    keyserver: Option<String>,

    /// Ids of keys: short, long, or fingerprints, with or without `0x`.
    keyid: Option<OneOrMany<String>>,

    /// The file that holds the key: its path, or its name in `/etc/apt/keyrings`.
    dest: Option<String>,

    /// Whether the key should be there.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Key {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let searched = !self.present
            && self.keyid.is_some()
            && [&self.dest, &self.src, &self.keyserver].iter().all(|it| it.is_none());
        let directories = || KEYRING_DIRECTORIES.map(str::to_owned).to_vec();
        let key = gpg::Key {
            src: self.src.clone(),
            dest: (!searched).then(|| self.path()),
            keyserver: self.keyserver.clone(),
            keyid: self.keyid.clone(),
            dearmor: true,
            mode: Mode::Bits(0o644),
            present: self.present,
            working_dirs: searched.then(directories),
        };
        key.plan(host)
    }
}

impl Key {
    fn path(&self) -> String {
        let name = match (&self.dest, &self.src, &self.keyid) {
            (Some(dest), ..) if dest.starts_with('/') => return dest.clone(),
            (Some(dest), ..) => return format!("/etc/apt/keyrings/{dest}"),
            (None, Some(src), _) => name_of(src),
            (None, None, Some(ids)) if self.keyserver.is_some() => {
                format!("keyserver-{}", plain(&ids.join("-")))
            }
            _ => "apt-key".to_owned(),
        };
        format!("/etc/apt/keyrings/{name}.gpg")
    }
}

/// A name for the file of a key: server and last part of an address, or the name of a file.
fn name_of(src: &str) -> String {
    let base = |path: &str| {
        let last = path.split(['?', '#']).next().unwrap_or_default().rsplit('/').next();
        let last = last.filter(|it| !it.is_empty()).unwrap_or("key");
        plain(&last.replace(".asc", "").replace(".gpg", ""))
    };
    match src.split_once("://") {
        Some((_, rest)) => {
            let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
            format!("{}-{}", plain(server), base(path))
        }
        None => base(src),
    }
}

/// The text in small letters, with one `_` for every run of what does not belong in a file's name.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for it in text.trim().to_lowercase().chars() {
        let is_plain = it.is_alphanumeric() || it == '.' || it == '-';
        if is_plain {
            name.push(it);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches(['_', '.']);
    if name.is_empty() { "apt-keyring".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_file_after_its_source() {
        for (src, expected) in [
            ("http://mykey", "mykey-key"),
            ("https://Download.docker.com:443/linux/debian/gpg", "download.docker.com_443-gpg"),
            ("https://example.com/a key.asc?x=1", "example.com-a_key"),
            ("/root/vendor.asc", "vendor"),
        ] {
            assert_eq!(name_of(src), expected, "{src}");
        }
    }
}
