"""Includes with data, nested deploys and functions, and global arguments of all kinds."""

from io import StringIO

from pyinfra import host, local
from pyinfra.api import deploy
from pyinfra.operations import files, python, server

for app, port in [("one", 81), ("two", 82)]:
    local.include("tasks/app.py", data={"app": app, "port": port})
local.include("tasks/app.py", data={"app": "three", "port": 83, "app_mode": "700"})


@deploy("Inner")
def inner(folder):
    files.file(name="file", path=f"{folder}/inner", mode="640")
    server.shell(name="who", commands=f"[ -e {folder}/who ] || id -un >{folder}/who")


@deploy("Outer")
def outer(folder):
    files.directory(name="folder", path=folder, mode="777")
    inner(folder)
    inner(folder + "/more", _sudo=False, _if=lambda: False)


outer("/srv/nested")
server.shell(name="Ops's folder", commands="mkdir -p -m 777 /srv/nested-ops")
outer("/srv/nested-ops/x", _sudo=True, _sudo_user="ops")

files.file(name="su", path="/home/plain/by-su", _su_user="plain")
server.shell(name="env", commands='echo "$A-$B-$HOME" >/srv/env', _env={"A": "a b'c\"", "B": "$x"})
server.shell(name="chdir", commands=["pwd >where", "echo ${BASH_VERSION%%.*} >>where"], _chdir="/srv/nested", _shell_executable="bash")
server.shell(name="login", commands='echo "$HOME:$USER:$SHELL" >/tmp/login-$USER', _sudo=True, _sudo_user="ops", _use_sudo_login=True)
server.shell(name="su login", commands='pwd >/tmp/su-login; echo "$HOME" >>/tmp/su-login', _su_user="plain", _use_su_login=True)
bad = server.shell(name="ignored", commands="exit 3", _ignore_errors=True)
server.shell(name="behind ignored", commands="echo behind >/srv/behind", _if=bad.did_error)
server.shell(name="codes", commands="echo x >/srv/codes; exit 7", _success_exit_codes=[0, 7])
server.shell(name="retried", commands="echo x >>/srv/tries; [ $(wc -l </srv/tries) -ge 3 ]", _retries=4, _retry_delay=0)
server.shell(name="once", commands="echo once >>/srv/once", _run_once=True)
server.shell(name="several", commands=["echo 1 >/srv/several", "echo 2 >>/srv/several", "echo \"don't\" '$HOME' `echo t` \\\\ >>/srv/several"])
server.script_template(name="script", src="templates/script.j2", word="it's")
server.script(name="plain script", src="files/script.sh", args=["a", "b"])
files.put(name="secret", src=StringIO("x"), dest="/srv/nested/put as ops", user="ops", _sudo=True)


def call(word):
    host.run_shell_command(f"echo {word} >/srv/called")


python.call(name="called", function=call, word="hello")
files.file(name="other", path="/srv/other", _if=[lambda: True, lambda: False])
if host.get_fact(__import__("pyinfra.facts.server", fromlist=["Home"]).Home, user="ops") == "/home/ops":
    files.file(name="home", path="/srv/home is right")
