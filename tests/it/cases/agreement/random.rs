//! Deploys made by chance.

/// The numbers that follow from a seed: splitmix64.
pub(super) struct Random(u64);

/// What operations are about. `l` is a link to a directory; how it is written differs.
const FILES: &[&str] = &["a", "b", "d/x", "d/y", "l/x", "l/y", "e/z"];
const DIRECTORIES: &[&str] = &["d", "e", "d/s", "l", "n"];
const WORDS: &[&str] = &["one", "two", "three"];

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// One of several.
    pub(super) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        all.get(place).expect("there is something to choose from")
    }

    /// An operation, or several that depend on each other.
    pub(super) fn statement(&mut self, is_root: bool) -> String {
        let mut operation = || self.operation(is_root);
        let (one, other, third) = (operation(), operation(), operation());
        let path = self.path(FILES);
        match self.below(10) {
            0 => format!("if {one}.changed {{ {other}; }}"),
            1 => format!("let before = {one}; {other}; if before.changed {{ {third}; }}"),
            2 => format!(
                "if host.fact(\"files.file\", {path}) == () {{ {one}; }} else {{ {other}; }}"
            ),
            3 => format!("deploy(\"Block\", || {{ {one}; {other}; }});"),
            4 => format!("attempt(|| {{ {one}; {other}; }});"),
            5 => format!("for round in 0..2 {{ {one}; {other}; }}"),
            6 => format!(
                "files.put(#{{ content: `${{host.fact(\"files.text\", {path})}}`, dest: `${{R}}/told` }});"
            ),
            _ => format!("{one};"),
        }
    }

    /// A call of an operation.
    fn operation(&mut self, is_root: bool) -> String {
        let path = self.path(FILES);
        let directory = self.path(DIRECTORIES);
        let word = *self.of(WORDS);
        let rights = self.rights(is_root);
        match self.below(16) {
            0 => format!("files.line({path}, \"{word}\")"),
            1 => format!("files.line({path}, \"{word}\", #{{ present: false }})"),
            2 => format!("files.line({path}, \"{word}\", #{{ replace: \"z{word}\" }})"),
            3 => format!(
                "files.line({path}, \"k={word}\", #{{ insert_before: \"one\", backup: \"bak\" }})"
            ),
            4 => format!("files.block({path}, \"{word}\")"),
            5 => format!("files.replace(`${{R}}/b`, \"{word}\", \"two\")"),
            6 => format!("files.ini({path}, \"s\", \"{word}\", \"1\")"),
            7 => {
                let source = *self.of(&["one.txt", "two.txt"]);
                format!("files.put(\"{source}\", {path}, #{{ {rights} }})")
            }
            8 => format!("files.template(\"word.j2\", {path}, #{{ word: \"{word}\", {rights} }})"),
            9 => format!("files.file({path}, #{{ {rights} }})"),
            10 => format!("files.file({path}, #{{ present: false }})"),
            11 => {
                let target = *self.of(&["x", "b", "y"]);
                format!("files.link({path}, \"{target}\", #{{ force: true, force_backup: false }})")
            }
            12 => format!("files.directory({directory}, #{{ {rights} }})"),
            13 => {
                let into = self.path(&["d", "e", "l"]);
                format!("files.copy(`${{R}}/b`, {into}, #{{ overwrite: true }})")
            }
            14 => {
                let delete = *self.of(&["true", "false"]);
                format!("files.sync(\"tree\", {directory}, #{{ delete: {delete} }})")
            }
            _ => format!("server.shell(`echo {word} >>${{R}}/log; ln -sfn d ${{R}}/l`)"),
        }
    }

    fn path(&mut self, paths: &[&str]) -> String {
        format!("`${{R}}/{}`", self.of(paths))
    }

    /// Mode and owner, or neither.
    fn rights(&mut self, is_root: bool) -> String {
        let mode = *self.of(&["", "mode: \"600\",", "mode: \"u+x\","]);
        let owner = *self.of(&["", "", "user: \"daemon\",", "group: \"daemon\","]);
        if is_root { format!("{mode} {owner}") } else { mode.to_owned() }
    }
}
