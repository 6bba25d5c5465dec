use serde::{Deserialize, Serialize};

use super::text::{flag, is_flag, operand};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What stands around a block where nothing else is said; `{mark}` is `BEGIN` or `END`. Kept from
/// pyinfra, so that the blocks that it wrote are found.
pub const MARKER: &str = "# {mark} PYINFRA BLOCK";

/// The lines between two markers in a file: `[]` where the markers are not there, `()` where the file
/// is not.
///
/// ```rhai
/// let block = host.fact("files.block", "/etc/hosts", #{ marker: "# {mark} APP" });
/// if block == [] { host.log("no block yet"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.block")]
pub struct Block {
    /// The path.
    pub path: String,

    /// The line around the block, with `{mark}` in it. Default: `# {mark} PYINFRA BLOCK`.
    pub marker: Option<String>,

    /// What `{mark}` is before the block. Default: `BEGIN`.
    pub begin: Option<String>,

    /// What `{mark}` is after the block. Default: `END`.
    pub end: Option<String>,
}

/// The lines of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockLines(pub Option<Vec<String>>);

/// Nothing printed means that there is no block.
impl Default for BlockLines {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Block {
    /// The lines before and after the block.
    pub fn markers(&self) -> (String, String) {
        let marker = self.marker.as_deref().unwrap_or(MARKER);
        let with = |mark: &Option<String>, default: &str| {
            marker.replace("{mark}", mark.as_deref().unwrap_or(default))
        };
        (with(&self.begin, "BEGIN"), with(&self.end, "END"))
    }
}

impl Fact for Block {
    type Output = BlockLines;

    /// The markers are compared as text, so they come as arguments, which are then no files to read.
    fn command(&self) -> Shell {
        let (path, missing) = (operand(&self.path), flag("missing", &self.path));
        let (begin, end) = self.markers();
        sh!("if [ -f {path} ]; then awk 'BEGIN {{ \
            begin = ARGV[1]; end = ARGV[2]; ARGV[1] = \"\"; ARGV[2] = \"\" }} \
            {{ line = $0; gsub(/^[ \\t]+|[ \\t\\r]+$/, \"\", line) }} \
            line == end {{ inside = 0 }} inside; line == begin {{ inside = 1 }}' \
            {begin} {end} < {path}; else echo {missing}; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        if is_flag(output, "missing", &self.path) {
            return Ok(BlockLines(None));
        }
        if is_flag(output, "exists", &self.path) {
            return Ok(BlockLines::default());
        }
        Ok(BlockLines(Some(output.lines().map(str::to_owned).collect())))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}
