//! Apps that the standard library deploys: what serves, whatever goes wrong.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use infra_tests::{Outcome, Project, Shown};
use serde_json::json;

use crate::Test;
use crate::bed::{BedHost, bed};

pub(crate) const TESTS: &[Test] = &[
    ("apps: a failed deploy changes nothing that serves", a_service),
    ("apps: all hosts switch, or none", all_or_none),
    ("apps: of two slots one serves, and going back is instant", two_slots),
    ("apps: Django is deployed, upgraded, and goes back", django),
];

/// The app: it answers with its revision, on the socket that systemd hands it.
const SERVER: &str = include_str!("../../../examples/shop/site/server.py");

/// Asks the app again and again for some seconds; prints how often it answered, and how often not.
const LOAD: &str = include_str!("apps/load.py");

/// A migration of the Django project that puts something in stock.
const MIGRATION: &str = "
from django.db import migrations

def fill(apps, schema_editor):
    apps.get_model('stock', 'Item').objects.create(name='apple')

class Migration(migrations.Migration):
    dependencies = [('stock', '0001_initial')]
    operations = [migrations.RunPython(fill)]
";

const DEPLOY: &str = r#"
import "std/app" as app;
import "std/health" as health;
import "std/service" as service;
import "std/source" as source;

let data = host.data;
let web = app::define(#{
    name: "shop", user: "shop", source: source::folder("site"), linked_dirs: ["media"],
    env: #{ STATUS: data.get("status", "200 OK"), NOTE: "it's \"$5\"; touch /tmp/pwned" },
    services: [service::unit(#{
        command: "/usr/bin/python3 server.py", listen: "/run/shop.sock", socket_group: "www-data",
    })],
    steps: [#{
        build: |app, at| app::run(app, at, data.get("build", "true"), #{ name: "Build" }),
        migrate: |app, at| app::run(app, at, data.get("migrate", "true"), #{ name: "Migrate" }),
    }],
    health: [health::http(#{ url: "http://shop/", socket: "/run/shop.sock", tries: 3, every: 0 })],
    keep_releases: 3,
});
app::deploy(web);
"#;

/// A project with the app, and the host that it is deployed to.
struct App<'a> {
    project: Project,
    host: &'a BedHost,
}

impl App<'_> {
    fn write(&self, version: u32) {
        self.project.file("site/server.py", SERVER);
        self.project.file("site/version", version.to_string());
    }

    fn run(&self, words: &[&str]) -> Shown {
        let all = ["inventory.rhai", "deploy.rhai", "--yes"];
        self.project.run(all.iter().chain(words).copied())
    }

    /// Runs it; the exit code must be this one, and standard error must say this.
    fn expect(&self, words: &[&str], code: i32, says: &str) -> Outcome<Shown> {
        let shown = self.run(words);
        if shown.code != code || !shown.stderr.contains(says) {
            return Err(format!("{words:?}: not {code} with {says:?}\n{}", shown.text()));
        }
        Ok(shown)
    }

    /// That this version answers.
    fn serves(&self, version: u32) -> Outcome {
        let answer =
            self.host.sure("the app", "curl -sf --unix-socket /run/shop.sock http://shop/")?;
        if answer.trim() == version.to_string() {
            Ok(())
        } else {
            Err(format!("{version} should serve, not {answer}"))
        }
    }
}

fn python(host: &BedHost) -> Outcome {
    let install = "command -v python3 >/dev/null || apt-get install -y -qq --no-install-recommends python3 >/dev/null 2>&1";
    host.sure("python3", install).map(|_| ())
}

/// That requests were answered all the while, and none was not.
fn counted(host: &BedHost) -> Outcome {
    let wait = "while pgrep -f load.py >/dev/null; do sleep 0.2; done; cat /tmp/load";
    let counted = host.sure("the count", wait)?;
    if counted.trim().ends_with(" 0 failed") && !counted.starts_with("0 ") {
        return Ok(());
    }
    Err(format!("requests while it was switched: {counted}"))
}

fn a_service() -> Outcome {
    let taken = bed().take("full", 1);
    let host = taken.one();
    python(host)?;
    let app = App { project: taken.project(), host };
    app.project.file("deploy.rhai", DEPLOY);
    app.write(1);
    app.expect(&[], 0, "")?;
    app.serves(1)?;
    app.expect(&[], 0, "1 host: 10 ok")?;
    host.sure("what lies there", "test ! -e /tmp/pwned && cd /srv/shop && test \"$(stat -c '%a %U' current/.env)\" = '600 shop' && \
        test \"$(readlink current/media)\" = /srv/shop/shared/media && test ! -e .infra/lock && test \"$(stat -c %U .infra)\" = root")?;

    // A new version, while somebody asks all the time.
    app.write(2);
    host.sure("the load", &format!("cat >/tmp/load.py <<'EOF'\n{LOAD}\nEOF\nsetsid -f python3 /tmp/load.py /run/shop.sock 6 >/tmp/load 2>&1"))?;
    app.expect(&[], 0, "")?;
    app.serves(2)?;
    app.expect(&["rollback"], 0, "")?;
    app.serves(1)?;
    app.expect(&[], 0, "")?;
    app.serves(2)?;
    counted(host)?;

    // What fails before or after the switch changes nothing that serves.
    app.write(3);
    for (broken, says) in [
        (["--data", "build=exit 3"], "was not switched to"),
        (["--data", "migrate=echo no such table >&2; exit 4"], "no such table"),
        (["--data", "status=500 Broken"], "answers 500"),
    ] {
        app.expect(&broken, 1, says)?;
        app.serves(2)?;
        host.sure("the lock", "test ! -e /srv/shop/.infra/lock")?;
    }
    concurrent(&app)?;
    app.serves(3)?;

    // Back twice, over what failed in between; then there is nothing before it.
    app.expect(&["rollback"], 0, "")?;
    app.serves(2)?;
    app.expect(&["rollback", "--to", "../../etc"], 1, "cannot be gone back to")?;
    app.expect(&["status"], 0, "serves")?;
    host.sure("how many releases stay", "test $(ls /srv/shop/releases | wc -l) -le 4")?;
    host.sure("the end", "systemctl stop shop.socket shop.service; rm -rf /srv/shop /etc/systemd/system/shop.*; systemctl daemon-reload; n=0; until userdel shop; do n=$((n + 1)); test $n -lt 50; sleep 0.2; done")?;
    Ok(())
}

/// Another run waits for nobody: it says who deploys. One that was killed is no hindrance.
fn concurrent(app: &App<'_>) -> Outcome {
    let slow = ["inventory.rhai", "deploy.rhai", "--yes", "--data", "build=sleep 60"];
    let mut command = app.project.command(slow);
    let mut first = command
        .env("USER", "ann")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let until = Instant::now() + Duration::from_secs(20);
    while app.host.shell("test -e /srv/shop/.infra/lock/owner && pgrep -x sleep")?.code != 0 {
        if Instant::now() > until {
            return Err("the first deploy never takes its lock".to_owned());
        }
        sleep(Duration::from_millis(100));
    }
    let second = app.expect(&[], 1, "has been deploying since");
    first.kill().map_err(|error| error.to_string())?;
    first.wait().map_err(|error| error.to_string())?;
    second?;
    app.serves(2)?;
    // The killed run's shell on the host ends with its connection.
    let until = Instant::now() + Duration::from_secs(10);
    while app.run(&[]).code != 0 {
        if Instant::now() > until {
            return Err("the lock of a killed deploy stays".to_owned());
        }
        sleep(Duration::from_millis(300));
    }
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one story, from its beginning to its end")]
fn all_or_none() -> Outcome {
    let taken = bed().take("light", 2);
    let project = taken.project();
    project.file("site/index.html", "one");
    project.file(
        "deploy.rhai",
        r#"
import "std/app" as app;
import "std/health" as health;
import "std/source" as source;

let bad = host.data.get("bad", "");
let is_bad = inventory.hosts[1].name == host.name;
let pages = app::define(#{
    name: "pages", source: source::folder("site"), rolling: 1,
    steps: [#{
        build: |app, at| app::run(app, at, if is_bad && bad == "build" { "false" } else { "true" }, #{ name: "Build" }),
        migrate: |app, at| app::run(app, at, "echo >>/tmp/migrated", #{ name: "Migrate" }),
    }],
    health: [health::command(if is_bad && bad == "health" { "false" } else { "true" })],
});
app::deploy(pages);
"#,
    );
    let run = |words: &[&str]| {
        let all = ["inventory.rhai", "deploy.rhai", "--yes"];
        project.run(all.iter().chain(words).copied())
    };
    let serve = |text: &str| -> Outcome {
        for host in &taken.hosts {
            let found = host.sure("what serves", "cat /srv/pages/current/index.html")?;
            if found != text {
                return Err(format!("{}: {found:?}, not {text:?}", host.name));
            }
        }
        Ok(())
    };
    let first = run(&[]);
    if first.code != 0 {
        return Err(first.text());
    }
    serve("one")?;
    project.file("site/index.html", "two");
    for bad in ["bad=build", "bad=health"] {
        let shown = run(&["--data", bad]);
        if shown.code != 1 {
            return Err(shown.text());
        }
        serve("one")?;
    }
    let last = run(&[]);
    if last.code != 0 {
        return Err(last.text());
    }
    serve("two")?;
    let migrations =
        taken.hosts.iter().map(|host| host.sure("count", "wc -l </tmp/migrated || echo 0"));
    let migrations: Outcome<Vec<String>> = migrations.collect();
    let migrations: Vec<String> = migrations?.iter().map(|it| it.trim().to_owned()).collect();
    for host in &taken.hosts {
        host.sure("the end", "rm -rf /srv/pages /tmp/migrated")?;
    }
    match migrations.as_slice() {
        [on_first, on_second] if on_first == "3" && on_second == "0" => Ok(()),
        other => Err(format!("migrations by host: {other:?}")),
    }
}

const SLOTS: &str = r#"
import "std/app" as app;
import "std/bluegreen" as bluegreen;
import "std/nginx" as nginx;
import "std/source" as source;

let shop = app::define(#{
    name: "shop", user: "shop", source: source::folder("site"), task_prefix: "releases_",
    env: #{ STATUS: host.data.get("status", "200 OK") },
    sites: [nginx::site(#{ listen: `${host.data.ssh_hostname}:8088`, backend: "shop", max_body: host.data.get("max_body", "10m") })],
});
let slots = bluegreen::define(shop, #{ command: "/usr/bin/python3 {slot}/server.py", tries: 3 });
bluegreen::stage(slots);
"#;

fn two_slots() -> Outcome {
    let taken = bed().take("full", 1);
    let host = taken.one();
    python(host)?;
    let app = App { project: taken.project(), host };
    app.project.file("deploy.rhai", SLOTS);
    let serves = |version: u32| -> Outcome {
        let command = format!("curl -sf http://{}:8088/", host.ip);
        let answer = host.sure("the site", &command)?;
        if answer.trim() == version.to_string() {
            Ok(())
        } else {
            Err(format!("{version} should serve, not {answer}"))
        }
    };
    app.write(1);
    app.expect(&["activate"], 1, "no slot was staged")?;
    app.expect(&[], 0, "")?;
    app.expect(&["activate"], 0, "")?;
    serves(1)?;
    app.write(2);
    app.expect(&[], 0, "")?;
    app.expect(&[], 0, "nothing to do")?;
    serves(1)?;
    load(host, 5)?;
    app.expect(&["activate"], 0, "")?;
    serves(2)?;
    app.expect(&["back"], 0, "")?;
    serves(1)?;
    app.expect(&["slots"], 0, "blue: serves")?;
    counted(host)?;

    // A slot that is not healthy is never switched to, and a site that nginx refuses never goes live.
    app.write(3);
    app.expect(&["--data", "status=500 Broken"], 1, "answers 500")?;
    serves(1)?;
    app.expect(&[], 0, "")?;
    app.expect(&["activate", "--data", "max_body=much"], 1, "invalid value")?;
    host.sure("nginx", "nginx -t -q")?;
    app.expect(&["activate"], 0, "")?;
    serves(3)?;
    host.sure("the end", "systemctl stop nginx 'shop-*'; rm -rf /srv/shop /etc/systemd/system/shop-* /etc/nginx/sites-*/shop /etc/nginx/conf.d/shop_upstream.conf; systemctl daemon-reload; n=0; until userdel shop; do n=$((n + 1)); test $n -lt 50; sleep 0.2; done")?;
    Ok(())
}

/// The project of the example, by releases as there, and in two slots.
const DJANGO_SLOTS: &str = r#"
import "std/app" as app;
import "std/bluegreen" as bluegreen;
import "std/django" as django;
import "std/nginx" as nginx;
import "std/python" as python;
import "std/source" as source;

let shop = app::define(#{
    name: "shop", user: "shop", source: source::folder("site"), task_prefix: "releases_",
    env: #{ SECRET_KEY: secret("0123456789"), DATABASE: "/srv/shop/shared/data/db.sqlite3" }, linked_dirs: ["data"],
    steps: [
        python::environment(#{ system_site_packages: true, arguments: ["--no-index"] }),
        django::project(#{ check: "" }),
    ],
    sites: [nginx::site(#{ listen: host.data.listen, backend: "shop" })],
});
let slots = bluegreen::define(shop, #{
    command: "{slot}/.venv/bin/python -m gunicorn --workers 2 shop.wsgi:application", path: "/health/", type: "notify",
});
bluegreen::stage(slots);
"#;

/// Starts asking the site for so many seconds.
fn load(host: &BedHost, seconds: u32) -> Outcome {
    let start = format!(
        "cat >/tmp/load.py <<'EOF'\n{LOAD}\nEOF\nsetsid -f python3 /tmp/load.py {}:8088 {seconds} >/tmp/load 2>&1",
        host.ip
    );
    host.sure("the load", &start).map(|_| ())
}

#[expect(clippy::too_many_lines, reason = "one story, from its beginning to its end")]
fn django() -> Outcome {
    let taken = bed().take("full", 1);
    let host = taken.one();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/django");
    let listen = format!("{}:8088", host.ip);
    let project = taken.project_as("root", &json!({ "listen": listen }));
    let copied = Command::new("cp")
        .arg("-R")
        .args([example.join("site"), example.join("deploy.rhai")])
        .arg(project.folder())
        .status();
    if !copied.is_ok_and(|it| it.success()) {
        return Err(format!("{} cannot be copied", example.display()));
    }
    let app = App { project, host };
    let serves = |expected: &str| -> Outcome {
        let answer = host.sure("the site", &format!("curl -sf http://{listen}/"))?;
        if answer.trim() == expected { Ok(()) } else { Err(format!("{expected}, not {answer}")) }
    };
    let venv = || host.sure("the virtualenv", "readlink -f /srv/shop/current/.venv");
    let version = |number: &str| app.project.file("site/stock/version", number);

    // What Debian recommends besides takes longer than the rest of this.
    host.sure("packages", "apt-get install -y -qq --no-install-recommends python3-django gunicorn python3-venv >/dev/null 2>&1")?;
    app.expect(&[], 0, "")?;
    serves("1 0")?;
    host.sure("static files", &format!("curl -sf http://{listen}/static/stock/style.css"))?;
    app.expect(&[], 0, "1 host: 14 ok")?;
    let first = venv()?;

    // A new version with a migration and the same dependencies, while somebody asks all the time.
    version("2");
    app.project.file("site/stock/migrations/0002_stock.py", MIGRATION);
    load(host, 5)?;
    app.expect(&[], 0, "")?;
    serves("2 1")?;
    if venv()? != first {
        return Err(format!("another virtualenv for the same dependencies: {first}"));
    }
    counted(host)?;

    // Whatever goes wrong before the switch or after it, 2 serves on, by the unit that it began with.
    version("3");
    let unit = "cat /etc/systemd/system/shop.service /etc/systemd/system/shop.socket";
    let before = host.sure("the unit", unit)?;
    for (broken, says) in [
        (["--data", "health=500"], "answers 500"),
        (["--data", "gunicorn=[\"--nonsense\"]"], "was taken back"),
    ] {
        app.expect(&broken, 1, says)?;
        serves("2 1")?;
        if host.sure("the unit", unit)? != before {
            return Err(format!("{says}: the unit is not as it was"));
        }
    }
    app.project.file("site/stock/migrations/0003_broken.py", "no python");
    app.expect(&[], 1, "was not switched to")?;
    serves("2 1")?;
    fs::remove_file(app.project.folder().join("site/stock/migrations/0003_broken.py"))
        .map_err(|error| error.to_string())?;
    app.project.file("site/requirements.txt", "django\nno-such-package\n");
    app.expect(&[], 1, "was not switched to")?;
    app.expect(&[], 1, "was not switched to")?;
    if venv()? != first {
        return Err("a broken dependency changed what serves".to_owned());
    }
    app.project.file("site/requirements.txt", "django\n");
    app.expect(&[], 0, "")?;
    serves("3 1")?;
    if venv()? == first {
        return Err("other dependencies in the same virtualenv".to_owned());
    }
    // Back twice, with the dependencies of that time.
    app.expect(&["rollback"], 0, "")?;
    serves("2 1")?;
    if venv()? != first {
        return Err("going back kept the new dependencies".to_owned());
    }
    app.expect(&["rollback"], 0, "")?;
    serves("1 1")?;
    app.expect(&["maintenance"], 0, "")?;
    host.sure("the page", &format!("curl -s http://{listen}/ | grep -q 'back in a moment'"))?;
    app.expect(&["maintenance", "--on", "false"], 0, "")?;
    serves("1 1")?;

    // The same app in two slots.
    app.project.file("deploy.rhai", DJANGO_SLOTS);
    app.expect(&[], 0, "")?;
    serves("1 1")?;
    load(host, 3)?;
    app.expect(&["activate"], 0, "")?;
    serves("3 1")?;
    counted(host)?;
    host.sure("the end", "test -x /srv/shop/current/.venv/bin/python; systemctl stop nginx shop.socket shop.service 'shop-*'; rm -rf /srv/shop /etc/systemd/system/shop* /etc/nginx/sites-*/shop /etc/nginx/conf.d/shop_upstream.conf; systemctl daemon-reload; n=0; until userdel shop; do n=$((n + 1)); test $n -lt 50; sleep 0.2; done")?;
    Ok(())
}
