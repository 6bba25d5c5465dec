"""An account, its key, its folders, sites from group data, a service that is reloaded where something changed."""

from io import StringIO

from pyinfra import host
from pyinfra.facts.files import File
from pyinfra.facts.server import LinuxName, Users
from pyinfra.operations import crontab, files, server, systemd

user = host.data.app_user

server.group(name="Group", group=user, system=True)
server.user(
    name="Account", user=user, group=user, home=f"/srv/{user}", shell="/bin/bash", system=True,
    public_keys=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIyzz one@x", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIyzy two@x"],
)
for folder in ["releases", "shared", "shared/log s"]:
    files.directory(name=f"Folder {folder}", path=f"/srv/{user}/{folder}", user=user, group=user, mode=750)

changes = []
for site in host.data.sites:
    changes.append(files.template(
        name=f"Site {site['name']}", src="templates/site.conf.j2", dest=f"/srv/{user}/sites/{site['name']}.conf",
        mode="640", user=user, group=user, site=site, workers=host.data.workers,
    ))
    files.link(
        name=f"Link {site['name']}", path=f"/srv/{user}/enabled/{site['name']}.conf", target=f"../sites/{site['name']}.conf",
        present=site["on"],
    )

files.put(name="Page", src="files/index.html", dest=f"/srv/{user}/shared/index.html", user=user, mode="644")
files.line(name="More page", path=f"/srv/{user}/shared/page.txt", line="second line")
if not host.get_fact(File, path="/etc/twin/app.conf"):
    files.put(name="Text", src=StringIO("a = 1\nb = 2\n#c = 3\n"), dest="/etc/twin/app.conf", mode="600")
files.line(name="Setting b", path="/etc/twin/app.conf", line=r"^b = .*$", replace="b = 22")
files.line(name="Setting c", path="/etc/twin/app.conf", line=r"^#*c = .*$", replace="c = 34")
files.line(name="Setting d", path="/etc/twin/app.conf", line="d = 45")
files.replace(name="Numbers", path="/etc/twin/app.conf", text="33", replace="34")
files.block(name="Block", path="/etc/twin/app.conf", content="[x]\ny = 1", marker="## {mark} twin ##")

files.put(
    name="Unit", dest="/etc/systemd/system/twin-web.service", mode="644",
    src=StringIO("[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n"),
)
systemd.service(name="Service", service="twin-web", enabled=True, daemon_reload=True)
systemd.service(name="Reload", service="twin-web", reloaded=True, _if=lambda: any(it.did_change() for it in changes))

crontab.crontab(name="Nightly", command=f"/srv/{user}/nightly --all", user=user, cron_name="nightly", hour=3, minute=15)
server.shell(name="Stamp", commands=["touch /srv/stamp"], _if=lambda: changes[0].did_change())
if host.get_fact(LinuxName) == "Debian" and not host.get_fact(File, path="/srv/nothing"):
    files.file(name="Debian", path="/srv/is debian", mode="444")
if "root" in host.get_fact(Users):
    files.directory(name="As the account", path=f"/srv/{user}/own", _sudo=True, _sudo_user=user)
