#!/bin/bash
# Gives a fresh host of the bed the state that facts.json asks about. Run as root on the host.
set -euo pipefail
export LC_ALL=C.UTF-8

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
touch -d '2020-02-03 04:05:06 UTC' big empty crlf sub

printf '%s\n' '# a comment' 'FOO=bar baz' 'MAILTO=""' '' '# pyinfra-name=named' '5 4 * * 1-5 echo "named"   x' \
  '@daily /bin/daily' '0 */2 1,15 * * date +\%s' '# two' '*/5 * * * * a' '# trailing' | crontab -
printf '0 1 * * * ops-job\n' | crontab -u ops -

groupadd -f empty-group
useradd -m -c 'Full Näme,room' -s /bin/sh -G mail,games -u 4242 odd-user 2>/dev/null || true
useradd -r -M -d /nonexistent sys-user 2>/dev/null || true
install -d -m 700 -o odd-user -g odd-user /home/odd-user/.ssh
printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIyggzAS6uOEUkdVDUX6AA81MlFEtRPCR4DFgDCp1iqz me@home\n# c\n\ncommand="x y",no-pty ssh-rsa AAAAB3Nz two words\n' \
  >/home/odd-user/.ssh/authorized_keys
chown odd-user: /home/odd-user/.ssh/authorized_keys

printf '%s\n' '*  soft  nofile 1024 # c' '@staff - nproc 20' 'root hard core 0' >>/etc/security/limits.conf
printf '%s\n' '# more' '10.0.0.1   db  db.local # trailing' '::1 ip6-localhost ip6-loopback' '127.0.0.1 again' >>/etc/hosts

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

mkdir -p /srv/gpg
GNUPGHOME=/srv/gpg gpg --batch --quiet --passphrase '' --quick-generate-key 'Test Key <k@x>' ed25519 default 0 2>/dev/null
GNUPGHOME=/srv/gpg gpg --batch --quiet --armor --export >/srv/key.asc
gpg --batch --quiet --yes --dearmor -o /etc/apt/keyrings/test.gpg </srv/key.asc
printf '%s\n' 'Types: deb deb-src' 'URIs: http://a.example/x http://b.example' 'Suites: bookworm bookworm-updates' \
  'Components: main contrib' 'Architectures: amd64 arm64' 'Signed-By: /etc/apt/keyrings/test.gpg' '' \
  'Enabled: no' 'Types: deb' 'URIs: http://off.example' 'Suites: ./' >/etc/apt/sources.list.d/twin.sources
printf '%s\n' '# c' 'deb [arch=amd64,i386 signed-by=/etc/apt/keyrings/test.gpg] http://c.example/debian  stable main non-free # x' \
  'deb-src http://c.example/debian stable main' 'deb http://flat.example ./' >/etc/apt/sources.list.d/twin.list
python3 -m venv /srv/venv 2>/dev/null || true
chattr +i /srv/odd\ dir/nonewline 2>/dev/null || true
