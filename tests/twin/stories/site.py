"""Packages, a source of packages with its key, a site of nginx with configuration and a restart where it changed."""

from io import StringIO

from pyinfra import host
from pyinfra.facts.deb import DebPackages
from pyinfra.operations import apt, files, server, systemd

apt.update(name="Lists", cache_time=3600)
apt.packages(name="Packages", packages=["tree", "nginx-light"], no_recommends=True)
apt.packages(name="Not these", packages=["nano"], present=False)
apt.sources_file(name="Source", filename="story", uris="http://story.example", suites="stable", components="main")
apt.key(name="Key", src="/etc/apt/trusted.gpg.d/debian-archive-bookworm-stable.asc", dest="story")
apt.repo(name="Old source", src="deb http://old.example/debian stable main", filename="old", present=False)
main = files.put(
    name="Main", dest="/etc/nginx/sites-available/story", mode="644",
    src=StringIO("server { listen unix:/run/story.sock; location / { root /srv/site; } }\n"),
)
enabled = files.link(name="Enabled", path="/etc/nginx/sites-enabled/story", target="/etc/nginx/sites-available/story")
default = files.link(name="No default", path="/etc/nginx/sites-enabled/default", present=False)
files.put(name="Page", dest="/srv/site/index.html", src=StringIO("<p>ü</p>\n"))
server.shell(name="Check", commands="nginx -t", _if=lambda: main.did_change() or enabled.did_change())
systemd.service(name="Running", service="nginx", running=True, enabled=True)
systemd.service(name="Restart", service="nginx", restarted=True, _if=lambda: main.did_change() or enabled.did_change() or default.did_change())
server.shell(name="Answers", commands="curl -s --unix-socket /run/story.sock http://x/ >/srv/answer")
if "tree" in host.get_fact(DebPackages):
    files.file(name="Tree", path="/srv/tree is there")
