//! How keys get into a file.

use crate::args::Mode;
use crate::facts::files::{EntryKind, Info};
use crate::operations::files::Predict;
use crate::{Commands, Shell, sh};

use super::parent;

/// Runs `make`, which writes `$tmp/out`, and puts that in the place of `dest` if it differs.
///
/// `$tmp` is a directory beside `dest`, so that the file appears in one step; it is also `GnuPG`'s home,
/// so that the account's own keys stay as they are.
pub(super) fn install(todo: &mut Commands, dest: &str, make: &Shell) {
    let template = format!("{}/.infra-XXXXXX", parent(dest));
    todo.run(sh!("tmp=$(mktemp -d {template}) && {{ export GNUPGHOME=\"$tmp\"; {make} && \
        if cmp -s \"$tmp/out\" {dest}; then echo 'key: as it was'; \
        else mv -f -- \"$tmp/out\" {dest} && echo 'key: changed'; fi; code=$?; \
        gpgconf --kill all >/dev/null 2>&1; unset GNUPGHOME; rm -rf -- \"$tmp\"; [ \"$code\" = 0 ]; }}"));
}

/// Writes `$tmp/out` from a file, or an address.
pub(super) fn from_source(src: &str, dearmor: bool) -> Shell {
    let fetch = if src.starts_with("http://") || src.starts_with("https://") {
        sh!("if command -v curl >/dev/null 2>&1; then curl -sSLf -o \"$tmp/in\" -- {src}; \
            else wget -q -O \"$tmp/in\" -- {src}; fi")
    } else {
        sh!("cp -- {src} \"$tmp/in\"")
    };
    if !dearmor {
        return sh!("{fetch} && mv -- \"$tmp/in\" \"$tmp/out\"");
    }
    sh!("{fetch} && if grep -q 'BEGIN PGP PUBLIC KEY BLOCK' \"$tmp/in\"; \
        then gpg --batch --yes --dearmor -o \"$tmp/out\" -- \"$tmp/in\"; \
        else mv -- \"$tmp/in\" \"$tmp/out\"; fi")
}

/// Writes `$tmp/out` from what a keyserver has.
pub(super) fn from_keyserver(keyserver: &str, ids: &[String]) -> Shell {
    sh!("gpg --batch --keyserver {keyserver} --recv-keys {ids} && \
        gpg --batch --export {ids} > \"$tmp/out\" && test -s \"$tmp/out\"")
}

/// Sets the permissions of a file, if they differ from those that it has.
pub(super) fn set_mode(todo: &mut Commands, path: &str, mode: &Mode, now: Option<&Info>) {
    let bits = now.and_then(Info::bits);
    if bits.is_some() && matches!(mode, Mode::Bits(wanted) if bits == Some(*wanted)) {
        return;
    }
    let shown = mode.to_string();
    todo.run(sh!("chmod {shown} -- {path}"));
    todo.attribute(path, "mode", bits.map(|it| format!("{it:o}")).unwrap_or_default(), shown);
    let digits = match mode {
        Mode::Bits(bits) => Some(Info::digits(*bits)),
        Mode::Symbolic(_) => None,
    };
    let info = Info { mode: digits, ..now.cloned().unwrap_or_default() };
    todo.will_be(path, EntryKind::File, info);
}
