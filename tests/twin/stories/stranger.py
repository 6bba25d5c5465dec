"""An app as people who know neither program write it: units and a timer, handlers, templates that use what Jinja has, a
checkout, cron and limits, in loops and with conditions."""

from io import StringIO

from pyinfra import host, inventory
from pyinfra.api import deploy
from pyinfra.facts.files import FindFiles, FileContents
from pyinfra.facts.server import Command, Groups, Which
from pyinfra.facts.systemd import SystemdStatus
from pyinfra.operations import crontab, files, git, server, systemd
from pyinfra.operations.util import any_changed, all_changed

APP = "stranger"
BASE = f"/opt/{APP}"
UNIT = """[Unit]
Description=Stranger %i

[Service]
ExecStart=/bin/sleep 100000
EnvironmentFile=-/etc/stranger/env

[Install]
WantedBy=multi-user.target
"""

server.group(name="group", group=APP, system=True)
server.user(name="user", user=APP, group=APP, home=BASE, system=True, shell="/usr/sbin/nologin", ensure_home=True, comment="Runs it")
for index, folder in enumerate(host.loop(["", "/releases", "/shared", "/shared/log", "/shared/run"])):
    files.directory(name=f"folder {index}", path=f"{BASE}{folder}", user=APP, group=APP, mode="750" if index < 3 else "2770")
files.put(name="env", src=StringIO("A=1\nB='two words'\n"), dest="/etc/stranger/env", mode="600")
conf = files.template(
    name="conf", src="templates/stranger.j2", dest="/etc/stranger/app.conf", user="root", group=APP, mode=640,
    app=APP, features={"b": True, "a": False}, ports=[8001, 8002], note=None, jinja_env_kwargs={"lstrip_blocks": True, "trim_blocks": True},
)
unit = files.put(name="unit", src=StringIO(UNIT), dest="/etc/systemd/system/stranger@.service", mode="644")
timer = files.put(name="timer", src=StringIO("[Timer]\nOnCalendar=daily\nUnit=stranger@x.service\n[Install]\nWantedBy=timers.target\n"), dest="/etc/systemd/system/stranger.timer")
systemd.daemon_reload(name="reload units", _if=any_changed(unit, timer))
systemd.service(name="timer on", service="stranger.timer", running=True, enabled=True)
for name in ("a", "b"):
    systemd.service(name=f"service {name}", service=f"stranger@{name}.service", running=True, enabled=True)
systemd.service(name="restart a", service="stranger@a.service", restarted=True, _if=any_changed(conf, unit))
files.file(name="all of them", path=f"{BASE}/all", _if=all_changed(conf, unit))
server.shell(name="never", commands="touch /opt/never", _if=[conf.did_not_change, unit.did_change])

server.shell(name="origin", commands=[
    "[ -d /srv/stranger.git ] || { git init -q --bare -b main /srv/stranger.git && git clone -q /srv/stranger.git /tmp/w$$ 2>/dev/null && cd /tmp/w$$ && echo one >file"
    " && GIT_COMMITTER_DATE=2020-01-01T00:00:00Z GIT_AUTHOR_DATE=2020-01-01T00:00:00Z git -c user.name=n -c user.email=e add file && GIT_COMMITTER_DATE=2020-01-01T00:00:00Z GIT_AUTHOR_DATE=2020-01-01T00:00:00Z git -c user.name=n -c user.email=e commit -qm one && git push -q origin HEAD:main HEAD:refs/heads/next; }"])
git.config(name="safe", key="safe.directory", value="*")
git.repo(name="checkout", src="/srv/stranger.git", dest=f"{BASE}/releases/main", branch="next", user=APP, group=APP)
git.config(name="who", key="user.name", value="Anon E. Mouse", repo=f"{BASE}/releases/main")
files.link(name="current", path=f"{BASE}/current", target=f"{BASE}/releases/main", user=APP, group=APP)
files.sync(name="assets", src="tree", dest=f"{BASE}/shared/assets", user=APP, group=APP, mode="640", dir_mode="750", exclude=["*.pyc"], exclude_dir=["skip"], delete=True)
crontab.crontab(name="cron", command=f"{BASE}/bin/clean --all", user=APP, cron_name="clean", minute="0", hour="*/4")
crontab.crontab(name="cron boot", command="/bin/true", special_time="@reboot")
server.security_limit(name="limit", domain=APP, limit_type="-", item="nofile", value=65535)
server.sysctl(name="sysctl", key="kernel.msgmax", value=host.get_fact(Command, "cat /proc/sys/kernel/msgmax"), persist=True, persist_file="/etc/sysctl.d/60-stranger.conf")
files.block(name="motd", path="/etc/motd", content=["Managed host", "don't $touch `it`"], try_prevent_shell_expansion=True, marker="## {mark} stranger ##")
files.line(name="profile", path="/etc/profile.d/stranger.sh", line="export STRANGER=1")
files.replace(name="profile 2", path="/etc/profile.d/stranger.sh", text="=1", replace="=2")


@deploy("Check")
def check(folder, wanted):
    for path in sorted(host.get_fact(FindFiles, path=folder) or []):
        server.shell(name=f"sum {path}", commands=f"[ -e {path}.sum ] || sha1sum {path} >/srv/sum-{wanted}", _su_user="root")


check("/etc/stranger", "x")
if APP in host.get_fact(Groups) or host.get_fact(Which, command="systemctl"):
    server.shell(name="as the app", commands=["id -un >/opt/stranger/who", "umask >>/opt/stranger/who"], _sudo=True, _sudo_user=APP, _chdir=BASE, _env={"X": "1"})
failed = server.shell(name="times out", commands="sleep 20", _timeout=1, _ignore_errors=True)
files.file(name="timed out", path="/opt/stranger/timed-out", _if=failed.did_error)
files.get(name="fetch", src="/etc/stranger/env", dest="/tmp/stranger-env")
web = [other.name for other in inventory.get_group("web")]
files.put(name="peers", src=StringIO(f"{len(web)} of {len(inventory.hosts)}\n"), dest="/etc/stranger/peers")
