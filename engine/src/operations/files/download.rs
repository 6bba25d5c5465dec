use indexmap::IndexMap;

use super::ownership::Wanted;
use super::upload::{Upload, must_be_file};
use crate::args::{Arg as _, Mode, Phrase};
use crate::command::{Content, Secret};
use crate::facts::files::{
    Digest, Entry, EntryKind, Info, Md5File, Sha1File, Sha256File, Sha384File, Sha512File,
};
use crate::facts::server::Date;
use crate::{Args, Commands, Fact, Host, Operation, Result, Scope, Shell, sh};

/// Download a file to the host, with `curl` or `wget`.
///
/// A file that is there is left alone, unless its checksum is another one, it is older than
/// `cache_time`, or `force` is set. What is downloaded comes to lie beside the old file, is checked,
/// gets its final owner and mode, and only then takes its place; owner and mode that are not given stay
/// as they are.
///
/// Secrets, in headers for example, are told to `curl` on its input, so that no list of processes shows
/// them; `wget` cannot be told so, and is not used then.
///
/// ```rhai
/// files.download("https://example.net/app-1.2.tar.gz", "/var/tmp/app.tar.gz", #{
///     sha256sum: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
/// });
/// files.download("https://example.net/list", "/etc/app/list", #{ cache_time: 86400, mode: "644" });
/// ```
#[derive(Debug, Args)]
#[args("files.download")]
pub(crate) struct Download {
    /// The URL.
    src: Phrase,

    /// Where it goes on the host.
    dest: String,

    /// Owner, by name or number. Default: as it is, or whoever writes it.
    user: Option<String>,

    /// Group, by name or number.
    group: Option<String>,

    /// Permissions: `"644"`, `"u+x"`.
    mode: Option<Mode>,

    /// Download anew what was changed so many seconds ago.
    cache_time: Option<i64>,

    /// Download it every time.
    #[arg(default = false)]
    force: bool,

    /// The SHA-384 that the file must have, in hexadecimal.
    sha384sum: Option<String>,

    /// The SHA-256 that it must have.
    sha256sum: Option<String>,

    /// The SHA-1 that it must have.
    sha1sum: Option<String>,

    /// The MD5 that it must have.
    md5sum: Option<String>,

    /// Headers of the request, by name.
    headers: Option<IndexMap<String, Phrase>>,

    /// Take any certificate for the server's.
    #[arg(default = false)]
    insecure: bool,

    /// The proxy: `http://proxy:3128`.
    proxy: Option<Phrase>,

    /// The most bytes per second: `500k`, `1M`.
    limit_rate: Option<String>,

    /// Download to this directory, and move the file from there. Default: `_temp_dir`, else beside `dest`.
    temp_dir: Option<String>,

    /// More options for `curl`, by name: `#{ "--user": "kim:secret" }`.
    extra_curl_args: Option<IndexMap<String, Phrase>>,

    /// More options for `wget`, by name.
    extra_wget_args: Option<IndexMap<String, Phrase>>,

    /// The SHA-512 that it must have.
    sha512sum: Option<String>,

    /// A command that must accept the new file, `%s`, before it goes live. Default: as in `files.line`.
    validate: Option<String>,
}

impl Operation for Download {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.want_all(host);
        let temp_dir = self.temp_dir.as_deref().or(host.context().temp_dir.as_deref());
        let upload = self.upload(temp_dir);
        must_be_file(host, &self.dest)?;
        let now = upload.there(host)?;
        if self.is_wanted(host, now.as_ref())? {
            return upload.plan(host);
        }
        let mut todo = Commands::default();
        if let Some(now) = &now {
            let wanted = Wanted::of(self.user.as_ref(), self.group.as_ref(), self.mode.as_ref());
            let after = wanted.settle(&mut todo, &self.dest, EntryKind::File, now)?;
            if !todo.is_empty() {
                super::Predict::will_be(&mut todo, &self.dest, EntryKind::File, after);
                return Ok(todo);
            }
        }
        Ok(Commands::none(format!("{} was downloaded before", self.dest)))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.dest)]
    }
}

impl Download {
    fn want_all(&self, host: &Host<'_>) {
        host.want(&Entry { path: self.dest.clone() });
        if self.cache_time.is_some() {
            host.want(&Date {});
        }
        if self.sha1sum.is_some() {
            host.want(&Sha1File::at(&self.dest));
        }
        if self.sha256sum.is_some() {
            host.want(&Sha256File::at(&self.dest));
        }
        if self.sha384sum.is_some() {
            host.want(&Sha384File::at(&self.dest));
        }
        if self.sha512sum.is_some() {
            host.want(&Sha512File::at(&self.dest));
        }
        if self.md5sum.is_some() {
            host.want(&Md5File::at(&self.dest));
        }
    }

    fn is_wanted(&self, host: &Host<'_>, now: Option<&Info>) -> Result<bool> {
        let Some(now) = now else { return Ok(true) };
        Ok(self.force
            || self.is_old(host, now)?
            || differs(host, &Sha1File::at(&self.dest), self.sha1sum.as_deref())?
            || differs(host, &Sha256File::at(&self.dest), self.sha256sum.as_deref())?
            || differs(host, &Sha384File::at(&self.dest), self.sha384sum.as_deref())?
            || differs(host, &Sha512File::at(&self.dest), self.sha512sum.as_deref())?
            || differs(host, &Md5File::at(&self.dest), self.md5sum.as_deref())?)
    }

    fn is_old(&self, host: &Host<'_>, now: &Info) -> Result<bool> {
        let (Some(limit), Some(changed)) = (self.cache_time.filter(|it| *it != 0), now.mtime)
        else {
            return Ok(false);
        };
        let date = host.fact(&Date {})?;
        let Some(date) = date.as_deref().and_then(super::times::seconds_of) else {
            return Ok(false);
        };
        Ok(changed.0 < date.saturating_sub(limit))
    }

    fn upload(&self, temp_dir: Option<&str>) -> Upload {
        Upload {
            dest: self.dest.clone(),
            content: Content::Printed {
                line: self.line(temp_dir),
                shown: self.src.write().to_string(),
            },
            sha1: self.sha1sum.as_ref().map(|it| it.to_ascii_lowercase()),
            user: self.user.clone(),
            group: self.group.clone(),
            mode: self.mode.clone(),
            force: true,
            validate: self.check(),
            ..Upload::default()
        }
    }

    /// Prints the file, by the first program that is there.
    fn line(&self, temp_dir: Option<&str>) -> Shell {
        let missing = "neither curl nor wget is installed on the host";
        let direct = sh!("if command -v curl >/dev/null; then {self.curl()}; \
            elif command -v wget >/dev/null; then {self.wget()}; \
            else echo {missing} >&2; exit 127; fi");
        match temp_dir {
            None => direct,
            Some(folder) => sh!("from=$(TMPDIR={folder} mktemp) || exit 1; \
                trap 'rm -f \"$from\"' EXIT; ( {direct} ) >\"$from\" && cat \"$from\""),
        }
    }

    fn curl(&self) -> Shell {
        let mut line = Options::new("curl -sSLf");
        for (name, value) in self.extra_curl_args.iter().flatten() {
            line.add(name, value);
        }
        if let Some(proxy) = &self.proxy {
            line.add("--proxy", proxy);
        }
        line.flag("--insecure", self.insecure);
        if let Some(rate) = &self.limit_rate {
            line.add("--limit-rate", &Phrase::Plain(rate.clone()));
        }
        for header in self.header_lines() {
            line.add("--header", &header);
        }
        line.add("--url", &self.src);
        line.finish()
    }

    fn wget(&self) -> Shell {
        if self.has_secrets() {
            let why = "curl is not installed on the host, and only curl can be told secrets unseen";
            return sh!("echo {why} >&2; exit 127");
        }
        let mut line = sh!("wget -q -O -");
        for (name, value) in self.extra_wget_args.iter().flatten() {
            line = sh!("{line} {name} {value.reveal()}");
        }
        if let Some(proxy) = &self.proxy {
            for variable in ["http_proxy", "https_proxy"] {
                let setting = format!("{variable}={}", proxy.reveal());
                line = sh!("{line} -e {setting}");
            }
            line = sh!("{line} -e use_proxy=yes");
        }
        line.flag("--no-check-certificate", self.insecure);
        line.opt("--limit-rate", self.limit_rate.as_ref());
        for header in self.header_lines() {
            line = sh!("{line} --header {header.reveal()}");
        }
        let (url, failed) = (self.src.reveal(), "wget could not fetch it, exit code");
        sh!("{line} {url} || {{ code=$?; echo {failed} $code >&2; exit $code; }}")
    }

    fn header_lines(&self) -> impl Iterator<Item = Phrase> {
        self.headers.iter().flatten().map(|(name, value)| match value {
            Phrase::Plain(value) => Phrase::Plain(format!("{name}: {value}")),
            Phrase::Secret(value) => {
                Phrase::Secret(Secret::new(format!("{name}: {}", value.reveal())))
            }
        })
    }

    fn has_secrets(&self) -> bool {
        let all = self.headers.iter().flatten().chain(self.extra_wget_args.iter().flatten());
        let mut values = all.map(|(_, it)| it).chain(&self.proxy).chain([&self.src]);
        values.any(|it| matches!(it, Phrase::Secret(_)))
    }

    /// The checks that the new file must pass.
    fn check(&self) -> Option<String> {
        let sums = [
            ("SHA-1", "sha1", "1", &self.sha1sum),
            ("SHA-256", "sha256", "256", &self.sha256sum),
            ("SHA-384", "sha384", "384", &self.sha384sum),
            ("SHA-512", "sha512", "512", &self.sha512sum),
            ("MD5", "md5", "", &self.md5sum),
        ];
        let sums = sums.into_iter().filter_map(|(name, program, bits, wanted)| {
            Some(sum_check(name, program, bits, wanted.as_deref()?))
        });
        let all: Vec<String> = sums.chain(self.validate.clone()).collect();
        (!all.is_empty()).then(|| all.join(" && "))
    }
}

/// A shell line that succeeds where the file `%s` has the sum.
fn sum_check(name: &str, program: &str, bits: &str, wanted: &str) -> String {
    let wanted = crate::command::quote(&wanted.trim().to_ascii_lowercase());
    let shasum = if bits.is_empty() { String::new() } else { format!(" || shasum -a {bits} <%s") };
    format!(
        "{{ sum=$({{ {program}sum <%s{shasum} || {program} <%s || openssl dgst -{program} -r <%s; }} \
         2>/dev/null); [ \"${{sum%% *}}\" = {wanted} ] || \
         {{ echo \"the {name} is ${{sum%% *}}, not \"{wanted} >&2; exit 1; }}; }}"
    )
}

/// Options of `curl`: as words where everybody may see them, else as lines of a configuration that it
/// reads from its input.
struct Options {
    line: Shell,
    hidden: String,
}

impl Options {
    fn new(program: &'static str) -> Self {
        Self { line: Shell::raw(program), hidden: String::new() }
    }

    fn flag(&mut self, name: &'static str, on: bool) {
        self.line.flag(name, on);
    }

    fn add(&mut self, name: &str, value: &Phrase) {
        match value {
            Phrase::Plain(value) if value.is_empty() => self.line = sh!("{self.line} {name}"),
            Phrase::Plain(value) => self.line = sh!("{self.line} {name} {value}"),
            Phrase::Secret(value) => {
                let value = value.reveal().replace('\\', "\\\\").replace('"', "\\\"");
                let name = name.trim_start_matches('-');
                self.hidden.push_str(&format!("{name} = \"{}\"\n", value.replace('\n', "\\n")));
            }
        }
    }

    fn finish(self) -> Shell {
        if self.hidden.is_empty() {
            return self.line;
        }
        let hidden = Secret::new(self.hidden);
        sh!("printf %s {hidden} | {self.line} -K -")
    }
}

/// Whether a file has another sum than is wanted.
fn differs<F>(host: &Host<'_>, fact: &F, wanted: Option<&str>) -> Result<bool>
where
    F: Fact<Output = Digest>,
{
    let Some(wanted) = wanted else { return Ok(false) };
    let found = host.fact(fact)?;
    Ok(found.0.as_deref() != Some(&*wanted.trim().to_ascii_lowercase()))
}
