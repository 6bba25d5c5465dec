"""Trees that are synced, unpacked, copied and moved, in an order in which each needs the one before."""

from pyinfra.operations import files, server

server.shell(name="old", commands=["mkdir -p /srv/t/sync", "touch /srv/t/sync/stale /srv/t/sync/kept.log"])
files.sync(name="plain", src="tree", dest="/srv/t/plain")
files.sync(name="owned", src="tree", dest="/srv/t/owned", user="ops", group="mail", mode="640", dir_mode="750")
files.sync(name="filtered", src="tree", dest="/srv/t/filtered", exclude=["*.pyc", "*.log"], exclude_dir=["skip", "tree/.hidden"])
files.sync(name="deleted", src="tree/sub", dest="/srv/t/sync", delete=True, exclude="*.log")
files.sync(name="odd", src="tree/odd dir", dest="/srv/t/an odd/dest")
files.copy(name="copied", src="/srv/t/plain/sub", dest="/srv/t/filtered", overwrite=False)
server.shell(name="pack", commands="cd /srv/t && [ -e p.tar.gz ] || tar --sort=name --mtime=@0 -czf p.tar.gz plain", _chdir="/srv")
files.directory(name="unpack here", path="/srv/t/unpacked")
files.unarchive(name="unpacked", src="/srv/t/p.tar.gz", dest="/srv/t/unpacked", remote_src=True, user="ops", creates="/srv/t/unpacked/plain/a.txt")
files.link(name="link", path="/srv/t/current", target="/srv/t/unpacked/plain")
files.line(name="through", path="/srv/t/current/a.txt", line="behind a link")
files.directory(name="tightened", path="/srv/t/owned", mode="700", recursive=True)
files.file(name="gone", path="/srv/t/plain/b.pyc", present=False)
files.directory(name="gone dir", path="/srv/t/plain/skip", present=False)
