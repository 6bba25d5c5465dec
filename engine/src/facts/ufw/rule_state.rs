use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whether ufw has a rule: `there`, `absent`, or `other comment` where it is there with another comment.
///
/// ufw itself is asked, by what it would do if the rule were added (`--dry-run`), so that the words in
/// which it was added do not matter.
///
/// ```rhai
/// if host.fact("ufw.rule_state", ["allow", "22/tcp"]) == "absent" { host.log("nobody may log in"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("ufw.rule_state")]
pub struct RuleState {
    /// The rule, as the words after `ufw`.
    pub rule: Vec<String>,
}

/// What begins a rule where ufw keeps or prints them.
const TUPLE: &str = "### tuple ###";

impl Fact for RuleState {
    type Output = String;

    fn command(&self) -> Shell {
        sh!("LC_ALL=C ufw --dry-run {self.rule} || exit; echo '#now'; cat /etc/ufw/user.rules; \
            echo '#now6'; cat /etc/ufw/user6.rules; true")
    }

    fn parse(&self, output: &str) -> Result<String> {
        let (would, now) = output.split_once("#now\n").unwrap_or((output, ""));
        let (now, now6) = now.split_once("#now6\n").unwrap_or((now, ""));
        let count = |text: &str| text.matches(TUPLE).count();
        // A table that would change is printed as it would be: with one rule more, or as many.
        let mut state = "there";
        for table in would.split("COMMIT").filter(|it| it.contains(":ufw")) {
            let now = if table.contains(":ufw6-") { now6 } else { now };
            state = match (state, count(table) > count(now)) {
                (_, true) => "absent",
                ("there", false) => "other comment",
                (state, false) => state,
            };
        }
        Ok(state.to_owned())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("ufw")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_by_what_ufw_would_do() {
        let table = |version: &str, rules: usize| {
            format!(
                "*filter\n:ufw{version}-user-input - [0:0]\n{}COMMIT\n",
                format!("{TUPLE} x\n").repeat(rules)
            )
        };
        let now = format!("#now\n{TUPLE} a\n{TUPLE} b\n#now6\n{TUPLE} a\n");
        for (would, expected) in [
            (
                "Skipping adding existing rule\nSkipping adding existing rule (v6)\n".to_owned(),
                "there",
            ),
            (format!("{}Rules updated\n", table("", 3)), "absent"),
            (format!("{}Rules updated\n", table("", 2)), "other comment"),
            (format!("{}{}Rules updated\n", table("", 2), table("6", 2)), "absent"),
            (format!("{}{}Rules updated\n", table("", 3), table("6", 1)), "absent"),
        ] {
            let state = RuleState { rule: Vec::new() }.parse(&format!("{would}{now}")).unwrap();
            assert_eq!(state, expected, "{would}");
        }
    }
}
