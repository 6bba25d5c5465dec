"""What belongs to the system: names, limits, kernel settings, mounts, locale, time, cron, hosts."""

from pyinfra import host
from pyinfra.facts.crontab import Crontab
from pyinfra.operations import crontab, files, server, systemd

server.hostname(name="hostname", hostname="story.example")
server.etc_hosts(name="hosts", ip="10.7.7.7", hostnames=["story.example", "story"])
server.timezone(name="zone", timezone="Europe/Lisbon")
server.locale(name="locale", locale="pt_PT.UTF-8")
server.security_limit(name="limit", domain="*", limit_type="soft", item="nofile", value=4096)
server.security_limit(name="limit 2", domain="ops", limit_type="hard", item="nproc", value="unlimited")
files.directory(name="mount point", path="/srv/mnt")
server.mount(name="mount", path="/srv/mnt", device="storyfs", fs_type="tmpfs", options=["size=1m", "noexec"])
files.file(name="in the mount", path="/srv/mnt/inside")
server.group(name="group", group="story", gid=7070)
server.user(name="user", user="story", uid=7070, group="story", groups=["mail", "games"], home="/srv/story", comment="A story, teller", shell="/bin/sh", password="$6$salt$hash")
server.user(name="user again", user="story", groups=["audio"], append=True, group="story", home="/srv/story")
server.user_authorized_keys(name="keys", user="story", public_keys=["ssh-rsa AAAB3Nz one", "files/story.pub"], delete_keys=True)
crontab.crontab(name="cron", command="run 'a' \"b\" $HOME", user="story", minute="*/5", day_of_week="1-5")
crontab.crontab(name="cron named", command="x", cron_name="x y", user="story", special_time="@reboot")
if host.get_fact(Crontab, user="ops") is None or not host.get_fact(Crontab, user="ops").commands:
    files.file(name="no cron", path="/srv/no-cron")
server.service(name="cron off", service="cron", running=False, enabled=False)
systemd.service(name="cron on", service="cron.service", running=True, enabled=True)
server.packages(name="packages", packages=["tree"])
files.put(name="sudoers", src="files/sudoers", dest="/etc/sudoers.d/story", mode="440")
server.user(name="gone", user="fishy", present=False)
