#!/bin/bash
# Gives a fresh host of the bed the state that facts.json asks about. Run as root on the host; with the word `packages`, the
# programs that facts.json asks about are installed before, as far as that is quick.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

if [[ ${1:-} == packages ]]; then
  apt-get install -y -qq --no-install-recommends gpg-agent python3-venv python3-pip postgresql mariadb-server ruby rpm efibootmgr \
    lsb-release pipx flatpak >/dev/null
fi

printf 'one\n# begin\nalpha\n  beta $(x) "y"\n# end\nlast\n' >/root/lines
mkdir -p '/srv/odd dir/sub' /srv/sgid
cd '/srv/odd dir'
printf 'a b\n' >'sp ace'
printf "q" >"quo'te\"s"
printf 'd' >'$(touch pwned)'
printf 'm' >-dash
printf 'ü\n' >'ünïcode'
printf 'back' >'back\slash'
printf 'nl' >$'new\nline'
: >empty
printf 'no newline' >nonewline
printf '\377\376bytes\n' >binary
printf 'a\r\nb\r\n' >crlf
printf 'x\n\n\ny\n\n' >blank
dd if=/dev/zero of=big bs=1024 count=300 status=none
chmod 4755 empty
chmod 2750 /srv/sgid
chmod 1777 sub
chown daemon:mail big
chown 4321:8765 crlf
ln -s 'sp ace' link
ln -s /nowhere dangling
ln -s sub dirlink
ln -s 'with -> arrow' arrow
ln -s ../x "quo'link"
mkfifo pipe
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "/srv/odd dir/sock", Listen => 1)'
printf '\n\n\n' >onlynl
printf 'a\vb\fc\x1cd\x85e\xc2\x85f\xe2\x80\xa8g\n' >separators
printf 'n' >$'\xff\xfename'
printf 't' >$'tab\there'
printf 'l' >' leading'
printf 'r' >'trailing '
: >bits && chmod 7777 bits
: >old && touch -d '1901-12-14 00:00:00 UTC' old
: >future && touch -d '2200-01-01 00:00:00 UTC' future
ln -s loop loop
ln -s 'zïel ü' ünlink
ln -s 'a  b ' spacelink
ln -s 'say "hi" `x` $y' dquote
ln -s $'two\nlines' nllink
ln -s 'back\slash' bslink
ln -s lines /root/homelink
printf '%s\n' '# BEGIN PYINFRA BLOCK' 'one' '' '  two' '# END PYINFRA BLOCK' 'x' '## BEGIN x' '## END x' '<!-- A -->' 'h' '<!-- B -->' >/root/blocks
mkdir '/srv/empty dir'
touch -d '2020-02-03 04:05:06 UTC' big empty crlf sub

printf '%s\n' '# a comment' 'FOO=bar baz' 'MAILTO=""' '' '# pyinfra-name=named' '5 4 * * 1-5 echo "named"   x' \
  '@daily /bin/daily' '0 */2 1,15 * * date +\%s' '# two' '*/5 * * * * a' '# trailing' | crontab -
printf '0 1 * * * ops-job\n' | crontab -u ops -
printf '%s\n' 'PATH=/usr/bin:/bin' '@reboot /bin/boot  now' '@hourly x' '@every_minute y' '1 2 3 jan sun z # not a comment' '  7  8 * * *  spaced' '* * * * * tab	here%stdin' \
  '# pyinfra-name=x y' '@weekly named reboot' 'A = "b c"' '#* * * * * off' | sed '3d' | crontab -u mail - || true

groupadd -f empty-group
useradd -m -c 'Full Näme,room' -s /bin/sh -G mail,games -u 4242 odd-user 2>/dev/null || true
useradd -r -M -d /nonexistent sys-user 2>/dev/null || true
useradd -M -N -g users -s '' -c '' no-shell 2>/dev/null || true
useradd -M -o -u 0 -g 0 -d '/srv/odd dir' toor 2>/dev/null || true
usermod -p '!' sys-user
groupadd -f -g 65000 big-group
install -d -m 700 -o odd-user -g odd-user /home/odd-user/.ssh
printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIyggzAS6uOEUkdVDUX6AA81MlFEtRPCR4DFgDCp1iqz me@home\n# c\n\ncommand="x y",no-pty ssh-rsa AAAAB3Nz two words\n' \
  >/home/odd-user/.ssh/authorized_keys
chown odd-user: /home/odd-user/.ssh/authorized_keys

printf '%s\n' '*  soft  nofile 1024 # c' '@staff - nproc 20' 'root hard core 0' >>/etc/security/limits.conf
printf '%s\n' '# more' '10.0.0.1   db  db.local # trailing' '::1 ip6-localhost ip6-loopback' '127.0.0.1 again' >>/etc/hosts

printf '%s\n' '10.1.1.1 a b' $'10.1.1.1\tb c # x' 'bad' '#10.2.2.2 no' 'fe80::1%lo0 localhost' '' '  10.3.3.3   lead' $'10.4.4.4 cr\r' >/srv/hosts
mkdir -p "/srv/m ount" && mount -t tmpfs -o size=1m,nosuid 'tm pfs' "/srv/m ount"
mount --bind /srv/sgid /mnt
apt-mark hold nano tar >/dev/null 2>&1 || true
(cd /srv && apt-get download -qq tree 2>/dev/null && mv tree_*.deb tree.deb)
if [[ -d /run/systemd/system ]]; then
  printf '[Service]\nExecStart=/bin/false\n' >/etc/systemd/system/twin-failed.service
  printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nAlias=twin-alias.service\n' >/etc/systemd/system/twin-oneshot.service
  printf '[Socket]\nListenStream=/run/twin.sock\n[Install]\nWantedBy=sockets.target\n' >/etc/systemd/system/twin.socket
  printf '[Service]\nExecStart=/bin/cat\n' >/etc/systemd/system/twin.service
  systemctl mask -q twin-masked.service
  systemctl daemon-reload
  systemctl enable -q twin-oneshot
  systemctl start twin-oneshot twin.socket
  systemctl start twin-failed 2>/dev/null || true
fi
# Hosts of the bed share the machine's ports.
if [[ -e /usr/bin/psql ]]; then
  printf "listen_addresses = ''\n" >/etc/postgresql/15/main/conf.d/twin.conf
  systemctl restart postgresql@15-main
  runuser -u postgres -- psql -q <<<"CREATE ROLE \"odd role\" LOGIN CREATEDB CONNECTION LIMIT 3 PASSWORD 'x'; CREATE ROLE plain_role; CREATE DATABASE \"odd db\" OWNER \"odd role\" ENCODING 'UTF8' CONNECTION LIMIT 7 TEMPLATE template0;" || true
fi
if [[ -e /usr/bin/mariadb ]]; then
  printf '[mysqld]\nskip-networking\n' >/etc/mysql/mariadb.conf.d/99-twin.cnf
  systemctl restart mariadb
  mariadb <<<"CREATE DATABASE IF NOT EXISTS twin CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE USER IF NOT EXISTS twin@localhost IDENTIFIED BY 'x' WITH MAX_QUERIES_PER_HOUR 5; CREATE USER IF NOT EXISTS twin@'%' REQUIRE SSL; CREATE DATABASE IF NOT EXISTS \`odd-db\`; GRANT SELECT, INSERT ON twin.* TO twin@localhost; GRANT ALL ON \`odd-db\`.* TO twin@localhost WITH GRANT OPTION; GRANT UPDATE (x) ON twin.t TO twin@'%';" || true
fi

git config --system core.editor 'vi -x'
git config --global user.name 'Näme "Q"'
git config --global user.email root@host
git config --global alias.multi 'one=two'
git config --global --add safe.directory '*'
mkdir -p /srv/git && cd /srv/git
git init -q --bare -b main origin.git
git clone -q origin.git work 2>/dev/null
cd work
git checkout -q -b main 2>/dev/null || true
GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' git commit -q --allow-empty -m first
git tag v1
git tag 'odd/tag'
git push -q origin main v1 odd/tag 2>/dev/null
git branch -q --set-upstream-to=origin/main
git config remote.extra.url /x
git config --add remote.extra.fetch a
git config --add remote.extra.fetch b
git clone -q /srv/git/work /srv/git/detached 2>/dev/null
git -C /srv/git/detached checkout -q --detach
git init -q -b main /srv/git/empty
git init -q -b topic/a /srv/git/one
git -C /srv/git/one commit -q --allow-empty -m x
git -C /srv/git/one remote add upstream /srv/git/work
git -C /srv/git/one config --add section.multi 'a=b'
git -C /srv/git/one config --add section.multi 'c  d'
git -C /srv/git/one config --add section.empty ''
git init -q -b main '/srv/git/sp ace'

mkdir -p /srv/gpg
GNUPGHOME=/srv/gpg gpg --batch --quiet --passphrase '' --quick-generate-key 'Test Key <k@x>' ed25519 default 0 2>/dev/null
GNUPGHOME=/srv/gpg gpg --batch --quiet --passphrase '' --quick-generate-key 'Näme: odd (c) <o@x>' rsa2048 default 0 2>/dev/null
GNUPGHOME=/srv/gpg gpg --batch --quiet --armor --export >/srv/key.asc
gpg --batch --quiet --yes --dearmor -o /etc/apt/keyrings/test.gpg </srv/key.asc
cp /srv/gpg/pubring.kbx /etc/apt/keyrings/test.kbx
cp /srv/key.asc /etc/apt/keyrings/armored.asc
printf '%s\n' 'Types: deb deb-src' 'URIs: http://a.example/x http://b.example' 'Suites: bookworm bookworm-updates' \
  'Components: main contrib' 'Architectures: amd64 arm64' 'Signed-By: /etc/apt/keyrings/test.gpg' '' \
  'Enabled: no' 'Types: deb' 'URIs: http://off.example' 'Suites: ./' >/etc/apt/sources.list.d/twin.sources
printf '%s\n' '# c' 'deb [arch=amd64,i386 signed-by=/etc/apt/keyrings/test.gpg] http://c.example/debian  stable main non-free # x' \
  'deb-src http://d.example/debian stable main' 'deb http://flat.example ./' >/etc/apt/sources.list.d/twin.list
python3 -m venv /srv/venv 2>/dev/null || true
chattr +i /srv/odd\ dir/nonewline 2>/dev/null || true
