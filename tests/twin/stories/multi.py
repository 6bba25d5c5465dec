"""Two hosts of two groups: branches and loops of their own, data of others, once for all, one after the other."""

from pyinfra import host, inventory
from pyinfra.facts.server import Users
from pyinfra.operations import files, server

for number in range(host.data.workers):
    files.file(name=f"Worker {number}", path=f"/srv/multi/worker-{number}", mode="644")
if "web" in host.groups:
    files.line(name="Web", path="/srv/multi/role", line="web")
    changed = files.line(name="Web more", path="/srv/multi/role", line="more")
    files.file(name="Web changed", path="/srv/multi/changed", _if=changed.did_change)
else:
    files.line(name="Db", path="/srv/multi/role", line="db")
files.put(name="Everywhere", src="files/index.html", dest="/srv/multi/index.html")
server.shell(name="Once", commands="echo once >>/srv/multi/once", _run_once=True)
server.shell(name="In turn", commands="echo turn >>/srv/multi/turn", _serial=True)
files.template(name="Others", src="templates/others.j2", dest="/srv/multi/others", count=len(inventory.hosts), webs=len(inventory.get_group("web")))
server.user(name="User", user=f"multi{host.data.workers}", shell="/bin/sh")
if "multi2" in host.get_fact(Users):
    files.file(name="Seen", path="/srv/multi/seen")
