use super::Entry;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whether everything in one directory is, byte for byte, in another one too.
///
/// What else the other directory holds makes no difference.
///
/// ```rhai
/// let same = host.fact("files.copied", "/opt/app/static", "/srv/www/static");
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.copied")]
pub struct Copied {
    /// The directory that is compared.
    pub src: String,

    /// The directory that it is compared with.
    pub dest: String,
}

impl Fact for Copied {
    type Output = bool;

    /// The other directory is entered first, so that relative paths mean what they mean elsewhere.
    fn command(&self) -> Shell {
        let src = Entry { path: self.src.clone() }.operand();
        let dest = Entry { path: self.dest.clone() }.operand();
        sh!("dest=$(cd {dest} 2>/dev/null && pwd) && cd {src} && \
            find . ! -type d -exec sh -c 'dest=$1; shift; for it; do \
            if [ -L \"$it\" ]; then [ \"$(readlink \"$it\")\" = \"$(readlink \"$dest/$it\")\" ]; \
            else cmp -s \"$it\" \"$dest/$it\"; fi || exit 1; done' sh \"$dest\" {{}} + && \
            find . -type d -exec sh -c 'dest=$1; shift; for it; do \
            [ -d \"$dest/$it\" ] || exit 1; done' sh \"$dest\" {{}} + && echo yes || :")
    }

    fn parse(&self, output: &str) -> Result<bool> {
        Ok(output.trim_end() == "yes")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.src), Scope::tree(&self.dest)]
    }
}
