//! The settings that the options make.

use infra_engine::error::Error;
use infra_engine::inventory::Config;
use infra_engine::options::merge;
use infra_engine::settings::Settings;
use infra_engine::value::Map;
use infra_engine::{Secret, Value};

use super::{Options, PrivilegeOptions};
use crate::terminal;

impl Options {
    /// What the engine is to do with this. Asks for sudo's password where that is wanted.
    pub(crate) fn settings(&self, config: &Config) -> Result<Settings, Error> {
        let mut base = Settings::default();
        config.apply(&mut base);
        let run = &self.run;
        let password = config.use_sudo_password.unwrap_or(false);
        let globals = merge(self.privilege.globals(password)?, &base.globals);
        let folders = base.group_data.iter().chain(&self.hosts.group_data);
        Ok(Settings {
            dry: run.dry || run.plan_out.is_some(),
            parallel: run.parallel.unwrap_or(base.parallel),
            serial: run.serial || base.serial,
            no_wait: run.no_wait || base.no_wait,
            fail_percent: run.fail_percent.or(base.fail_percent),
            retry: run.retry.unwrap_or(base.retry),
            retry_delay: run.retry_delay.unwrap_or(base.retry_delay),
            connect_timeout: self.connection.connect_timeout.unwrap_or(base.connect_timeout),
            timeout: run.timeout.or(base.timeout),
            globals,
            data: self.data(),
            group_data: folders.cloned().collect(),
            limit: self.hosts.limit.clone(),
            exclude: self.hosts.exclude.clone(),
            config: run.config.clone(),
            interactive: terminal::is_interactive() && !self.output.json,
            verbosity: self.output.verbose.min(3),
            ..base
        })
    }

    /// Data from the command line; `--ssh-user` beats `--data ssh_user=…`, as it is more explicit.
    fn data(&self) -> Map {
        let pairs = self.hosts.data.iter();
        let mut data: Map =
            pairs.map(|(key, value)| (key.clone(), Value::Word(value.clone()).settle())).collect();
        let ssh = &self.connection;
        let text = |it: &Option<String>| it.clone().map(Value::Text);
        let secret = |it: &Option<String>| it.clone().map(|it| Value::Secret(Secret::new(it)));
        let given = [
            ("ssh_user", text(&ssh.ssh_user)),
            ("ssh_port", ssh.ssh_port.map(|it| Value::Int(it.into()))),
            ("ssh_key", text(&ssh.ssh_key)),
            ("ssh_key_password", secret(&ssh.ssh_key_password)),
            ("ssh_password", secret(&ssh.ssh_password)),
            ("ssh_jump", text(&ssh.ssh_jump)),
        ];
        data.extend(given.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?))));
        data
    }
}

impl PrivilegeOptions {
    fn globals(&self, password_wanted: bool) -> Result<Map, Error> {
        let text = |it: &Option<String>| it.clone().map(Value::Text);
        let flag = |it: bool| it.then_some(Value::Bool(true));
        let wanted = self.use_sudo_password || password_wanted;
        let password = if wanted { Some(sudo_password()?) } else { None };
        let sudo = self.sudo || self.use_sudo_password;
        let given = [
            ("_sudo", flag(sudo)),
            ("_sudo_user", text(&self.sudo_user)),
            ("_sudo_password", password.map(Value::Secret)),
            ("_su_user", text(&self.su_user)),
            ("_doas", flag(self.doas)),
            ("_doas_user", text(&self.doas_user)),
            ("_shell_executable", text(&self.shell_executable)),
        ];
        Ok(given.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?))).collect())
    }
}

fn sudo_password() -> Result<Secret, Error> {
    if let Ok(password) = std::env::var("INFRA_SUDO_PASSWORD") {
        return Ok(Secret::new(password));
    }
    rpassword::prompt_password("sudo password: ").map(Secret::new).map_err(|_no_terminal| {
        Error::usage("cannot ask for the sudo password: there is no terminal")
            .hint("put it into the environment variable INFRA_SUDO_PASSWORD")
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn options(line: &str) -> Options {
        Options::try_parse_from(std::iter::once("infra").chain(line.split_whitespace())).unwrap()
    }

    #[test]
    fn connection_options_become_data_above_all_other() {
        let options = options(
            "--data n=5 --data s=x --data ssh_user=low --user bob --port 22 --password hunter22",
        );
        let data = Value::Map(options.data()).to_json();
        let expected = serde_json::json!({
            "n": 5, "s": "x", "ssh_user": "bob", "ssh_port": 22, "ssh_password": "***"
        });
        assert_eq!(data, expected);
    }

    #[test]
    fn privilege_options_become_global_arguments_that_exist() {
        let options = options("--sudo --sudo-user a --su-user b --doas --shell-executable bash");
        let globals = options.settings(&Config::default()).unwrap().globals;
        let names: Vec<&str> = globals.keys().map(String::as_str).collect();
        assert_eq!(names, ["_sudo", "_sudo_user", "_su_user", "_doas", "_shell_executable"]);
        assert!(names.iter().all(|name| infra_engine::options::GlobalArgs::knows(name)));
    }
}
