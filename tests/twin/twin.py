"""Runs the steps of deploys/*.json through pyinfra on one fresh host and through infra on its twin, and tells the differences.

    twin.py deploy A B [--sudo] [NAME…]      NAME: a file of deploys/ without .json; default all
    twin.py stories A[,A2] B[,B2] [NAME…]    NAME: a pair of scripts of stories/ without .py and .rhai; default all
    twin.py random A B SEED COUNT [NAME…]    NAME: a file of chance/ without .json; default all
    twin.py facts HOST [--sudo] [--as USER]  the facts of facts.json, through both

A, B and HOST are names of running hosts of tests/bed (INFRA_BED, INFRA_BED_NET as there). Needs a Python that has
pyinfra 3.10; INFRA names the infra binary (default target/debug/infra). Hosts for `databases` need postgresql and
mariadb-server (`prepare.sh packages`), those for `units`, `systemd` and stories are full ones. A deploy is a list of steps
`[operation, arguments, setup]`; the shell code `setup` runs on both twins before. After each step:

* both twins must look the same (path, kind, mode, owner, link target, content of what WATCHED names);
* the step again through infra changes nothing, on its own twin and on pyinfra's;
* pyinfra sees nothing to change on infra's twin that it would not change on its own.

Random steps are made from the values that chance/NAME.json has for each argument; those of an argument with a `!` are always
given, and what follows a `#` in an operation's name tells its tables apart. One step in three is the one before with one
argument changed.

A story is a script for each of the two programs that should do the same, run by their command lines. The first hosts are
the group `web`, the others `db`. Exit codes, what changed by name, and the hosts must be alike, and a second run, also of
each program on the other's hosts, changes nothing that pyinfra would not change again on its own.

A fact's value is not compared where pyinfra itself answers otherwise a moment later (times, load, processes).
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INFRA = os.environ.get("INFRA", str(ROOT / "target/debug/infra"))
WATCHED = "/srv /etc /root /home /usr/share/keyrings /usr/local /var/spool/cron /var/lib/systemd/linger /opt"
IGNORED = (r"^/etc/(\.pwd\.lock|passwd-|group-|shadow-|gshadow-|subuid-|subgid-|ld\.so\.cache|machine-id|hostname$|resolv.conf|hosts$|"
           r"nginx/sites-available/default|ssh/ssh_host|ssh/sshd_config)|/\.git/(worktrees/[^/]*/)?(index|logs|objects/pack|.*_HEAD)|\.pyc$|__pycache__|\.dist-info/RECORD$|/\.gnupg|/\.lesshst")
# One line for each role, database and user, with everything but salts and times.
DATABASES = r"""
if [ -S /run/postgresql/.s.PGSQL.5432 ]; then
  runuser -u postgres -- psql -XAtq <<'END'
    SELECT 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, left(rolpassword, 5) FROM pg_authid WHERE rolname !~ '^pg_';
    SELECT 'database', datname, pg_get_userbyid(datdba), encoding, datcollate, datctype, datconnlimit, spcname FROM pg_database JOIN pg_tablespace t ON t.oid = dattablespace;
END
fi
if [ -S /run/mysqld/mysqld.sock ]; then
  mariadb -BN <<'END'
    SELECT 'mysql', SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA;
    SELECT 'mysql', User, Host, Password, ssl_type, ssl_cipher, x509_issuer, x509_subject, max_questions, max_updates, max_connections, max_user_connections FROM mysql.user;
    SELECT 'mysql', GRANTEE, '', PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES;
    SELECT 'mysql', GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.SCHEMA_PRIVILEGES;
    SELECT 'mysql', GRANTEE, TABLE_SCHEMA, TABLE_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.TABLE_PRIVILEGES;
    SELECT 'mysql', GRANTEE, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.COLUMN_PRIVILEGES;
END
fi
"""
# Prints one line for each watched path; times count for nothing, except where a step asks for them itself.
MANIFEST = r"""
use strict; use Fcntl ':mode'; use Digest::SHA;
my @todo = grep { -e } @ARGV;
while (@todo) {
    my $path = shift @todo;
    my @s = lstat $path or next;
    my $kind = S_ISREG($s[2]) ? 'file' : S_ISDIR($s[2]) ? 'directory' : S_ISLNK($s[2]) ? 'link' : 'other';
    my $what = '';
    if ($kind eq 'link') { $what = readlink $path }
    if ($kind eq 'file') { $what = eval { Digest::SHA->new(1)->addfile($path, 'b')->hexdigest } // '?' }
    if ($kind eq 'file' && $path =~ m{^/var/spool/cron/crontabs/}) {
        # `crontab` notes when, and from which temporary file, it wrote this.
        open(my $f, '<', $path); $what = Digest::SHA::sha1_hex(join '', grep { !/^# (DO NOT EDIT|\(\S+ installed on|\(Cron version)/ } <$f>);
    }
    if ($kind eq 'file' && $path =~ m{/authorized_keys$}) {
        # pyinfra begins it with an empty line.
        open(my $f, '<', $path); $what = Digest::SHA::sha1_hex(join '', grep { /\S/ } <$f>);
    }
    if ($kind eq 'file' && $path =~ m{/known_hosts$}) {
        # Twins have keys of their own.
        open(my $f, '<', $path); $what = Digest::SHA::sha1_hex(join '', map { s/^(\S+ \S+) .*/$1/r } <$f>);
    }
    if ($kind eq 'directory') { opendir(my $d, $path); push @todo, map { "$path/$_" } grep { !/^\.\.?$/ } readdir $d }
    my $shown = $path; $shown =~ s/\n/\\n/g; $what =~ s/\n/\\n/g;
    print join("\t", $shown, $kind, sprintf('%o', $s[2] & 07777), scalar(getpwuid $s[4]) // $s[4], scalar(getgrgid $s[5]) // $s[5], $what), "\n";
}
"""


def bed_hosts():
    told = json.loads(subprocess.check_output([ROOT / "tests/bed", "info"]))
    return told["key"], {host["name"]: host["ip"] for host in told["hosts"]}


KEY, HOSTS = bed_hosts()


SSH = ["ssh", "-F", "none", "-p", "2222", "-i", KEY, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
       "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-o",
       f"ControlPath=/tmp/twin-{os.getpid()}-%h"]


def ssh(name, command, stdin=""):
    """Runs a shell command on a host as root, and gives its output."""
    done = subprocess.run([*SSH, f"root@{HOSTS[name]}", command], input=stdin.encode(), capture_output=True, timeout=300)
    return done.stdout.decode(errors="surrogateescape"), done.returncode, done.stderr.decode(errors="replace")


def manifest(name):
    ignored = re.compile(IGNORED)
    found, code, errors = ssh(name, f"perl - {WATCHED}", MANIFEST)
    if code:
        raise SystemExit(f"no manifest of {name}: {errors}")
    seen = {}
    for line in found.splitlines():
        path, rest = line.split("\t", 1)
        if not ignored.search(path):
            seen[path] = rest
    extra, _, _ = ssh(name, "dpkg-query -W -f '${Package} ${db:Status-Status} ${Version}\\n'; [ ! -d /run/systemd/system ] || systemctl list-unit-files --no-legend 2>/dev/null | grep -v '^user\\|^session\\|^systemd-' | sort; "
                            "[ ! -d /run/systemd/system ] || systemctl list-units --type=service,socket,timer --no-legend --plain 2>/dev/null | awk '{print $1, $3}' | grep -v '^user\\|^session\\|^systemd-' | sort; "
                            "cat /proc/sys/kernel/msgmax /proc/sys/kernel/msgmnb; awk '$2 ~ /^\\/(srv|mnt)/ {print $2, $3, $4}' /proc/mounts; "
                            "grep -v 127.0.3 /etc/hosts; crontab -l 2>/dev/null; "
                            f"{DATABASES}; "
                            "[ ! -e /run/net ] || { nsenter --net=/run/net sh -c 'iptables-save; ip6tables-save; iptables-save -t nat' | grep -v '^#'; }")
    for line in extra.splitlines():
        seen["state: " + line] = "there"
    return seen


def manifests(a, b):
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(manifest, (a, b)))


class Infra:
    def __init__(self, user, sudo):
        self.options = ["--sudo"] if sudo else []
        self.user = user
        self.folder = Path(tempfile.mkdtemp(prefix="twin-"))

    def inventory(self, name):
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"all": {"hosts": {name: {
            "ssh_hostname": HOSTS[name], "ssh_port": 2222, "ssh_user": self.user, "ssh_key": KEY,
            "ssh_known_hosts_file": "/dev/null", "ssh_strict_host_key_checking": "off"}}}}))
        rhai = self.folder / f"{name}.rhai"
        rhai.write_text(f'let all_of_them = [["{name}", #{{ ssh_hostname: "{HOSTS[name]}", ssh_port: 2222, ssh_user: "{self.user}", ssh_key: "{KEY}", '
                        f'ssh_known_hosts_file: "/dev/null", ssh_strict_host_key_checking: "off" }}]];\n')
        return str(rhai)

    def step(self, name, operation, arguments, dry=False):
        script = self.folder / "step.rhai"
        script.write_text(f"{operation}({rhai(arguments)});\n")
        command = [INFRA, self.inventory(name), str(script), "--json", "--dry" if dry else "-y", *self.options]
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE / "files", timeout=300)
        events = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
        wanted = "plan" if dry else "result"
        for event in events:
            if event.get("event") == wanted:
                if dry:
                    return {"change": "changed"}.get(event["change"], {"change": "changed", "none": "ok"}.get(event["change"], event["change"])), event
                return event["status"], event
        return "refused", {"error": done.stderr.strip() or done.stdout.strip()}

    def facts(self, name, questions):
        command = [INFRA, self.inventory(name), "fact", "--json", *self.options]
        for fact, arguments in questions:
            command.append(snake(fact))
            command += [f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        sys.stderr.write(done.stderr)
        return [json.loads(line) for line in done.stdout.split("\n") if line]


def snake(fact):
    """`server.LinuxName` → `server.linux_name`"""
    fact = fact.replace("postgres.Postgres", "postgresql.Postgresql")
    module, name = fact.split(".")
    return module + "." + re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def rhai(value):
    if isinstance(value, dict):
        return "#{" + ", ".join(f"{json.dumps(key)}: {rhai(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(rhai(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False) if value is not None else "()"


class Pyinfra:
    def __init__(self, user, sudo):
        import logging

        logging.disable(logging.CRITICAL)
        self.user, self.sudo = user, sudo

    def connect(self, name):
        from pyinfra.api import Config, Inventory, State
        from pyinfra.api.connect import connect_all

        data = {"ssh_user": self.user, "ssh_port": 2222, "ssh_key": KEY, "ssh_known_hosts_file": "/dev/null",
                "ssh_strict_host_key_checking": "off"}
        inventory = Inventory(([HOSTS[name]], data))
        state = State(inventory, Config(SUDO=self.sudo))
        state.cwd = str(HERE / "files")
        connect_all(state)
        return state, inventory.get_host(HOSTS[name])

    def step(self, name, operation, arguments, dry=False):
        import importlib

        from pyinfra.api.connect import disconnect_all
        from pyinfra.api.operation import add_op
        from pyinfra.api.operations import run_ops

        module, function = operation.split(".")
        state, host = self.connect(name)
        try:
            call = getattr(importlib.import_module(f"pyinfra.operations.{module}"), function)
            meta = add_op(state, call, **arguments)[host]
            if dry:
                return "changed" if meta.will_change else "ok", {}
            try:
                run_ops(state)
            except BaseException as error:
                return "failed", {"error": f"{type(error).__name__}: {error} {getattr(meta, 'stderr', '')}"}
            if meta.did_error():
                return "failed", {"error": meta.stderr}
            return "changed" if meta.did_change() else "ok", {}
        except BaseException as error:
            return "refused", {"error": f"{type(error).__name__}: {error}"}
        finally:
            disconnect_all(state)

    def facts(self, name, questions):
        import importlib

        from pyinfra.context import ctx_host, ctx_state

        state, host = self.connect(name)
        values = []
        for fact, arguments in questions:
            module, kind = fact.split(".")
            state.failed_hosts.clear()
            try:
                with ctx_state.use(state), ctx_host.use(host):
                    values.append(plain(host.get_fact(getattr(importlib.import_module(f"pyinfra.facts.{module}"), kind), **arguments)))
            except BaseException as error:
                values.append({"pyinfra failed": f"{type(error).__name__}: {error}"[:300]})
        return values


class Unordered(list):
    """What pyinfra has as a set, and JSON can only have as a list."""


def ordered(like, value):
    """The value, its lists sorted where pyinfra has sets."""
    if isinstance(like, Unordered) and isinstance(value, list):
        return sorted(value)
    if isinstance(like, dict) and isinstance(value, dict):
        return {name: ordered(like.get(name), item) for name, item in value.items()}
    if isinstance(like, list) and isinstance(value, list) and len(like) == len(value):
        return [ordered(left, right) for left, right in zip(like, value)]
    return value


def plain(value):
    """A fact's value as JSON would have it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return Unordered(sorted(plain(item) for item in value))
    if hasattr(value, "commands"):
        return plain(list(value.commands))
    if hasattr(value, "components"):
        return {key: plain(getattr(value, key)) for key in ("type", "url", "distribution", "components", "options")}
    return value if value is None or isinstance(value, (str, int, float, bool)) else repr(value)


def differences(left, right):
    return {(path, left.get(path, "-"), right.get(path, "-")) for path in left.keys() | right.keys() if left.get(path) != right.get(path)}


def make_alike(a, b, paths):
    """Gives B what A has at the paths that are apart, so that a difference is told once."""
    gone = sorted(path for path, left, _ in paths if left == "-")
    there = sorted(path for path, left, _ in paths if left != "-")
    if gone:
        ssh(b, "xargs -0 rm -rf --", "\0".join(gone))
    if there:
        subprocess.run(
            [*SSH, f"root@{HOSTS[a]}", "tar --null --no-recursion -C / -cf - -T -"], input="\0".join(path.lstrip("/") for path in there).encode(),
            stdout=(sent := tempfile.TemporaryFile()), stderr=subprocess.DEVNULL, timeout=300)
        sent.seek(0)
        subprocess.run([*SSH, f"root@{HOSTS[b]}", "tar -C / -xpf - --overwrite"], stdin=sent, stderr=subprocess.DEVNULL, timeout=300)


def steps_by_chance(path, seed, count):
    chance, table, operation = random.Random(f"{path.stem} {seed}"), json.loads(path.read_text()), None
    setup = table.get("setup", "")
    for _ in range(count):
        if operation and chance.random() < 0.33:
            name = chance.choice(list(table["operations"][operation]))
            arguments = {**arguments, name.rstrip("!"): chance.choice(table["operations"][operation][name])}
        else:
            operation = chance.choice(list(table["operations"]))
            likely = chance.choice((0.1, 0.3, 0.6))
            arguments = {name.rstrip("!"): chance.choice(values) for name, values in table["operations"][operation].items()
                         if name.endswith("!") or chance.random() < likely}
        yield operation.split("#")[0], {**arguments, **table.get("always", {})}, setup
        setup = ""


def compare_steps(title, steps, a, b, user, sudo):
    pyinfra, infra = Pyinfra(user, sudo), Infra(user, sudo)
    before = manifests(a, b)
    known = differences(*before)
    for number, (operation, arguments, setup) in enumerate(steps):
        told = []
        if setup:
            for name in (a, b):
                _, code, errors = ssh(name, setup)
                if code:
                    told.append(f"setup on {name}: {errors.strip()}")
            before = manifests(a, b)
            known |= differences(*before)
        theirs, their_report = pyinfra.step(a, operation, dict(arguments))
        ours, our_report = infra.step(b, operation, arguments)
        after = manifests(a, b)
        apart = differences(*after)
        if theirs != ours and not {theirs, ours} <= {"failed", "refused"}:
            told.append(f"pyinfra {theirs}, infra {ours}")
        if ours in ("failed", "refused") and before[1] != after[1] and apart - known:
            told.append(f"half done: {sorted(differences(before[1], after[1]))[:5]}")
        for path_, left, right in sorted(apart - known)[:8]:
            told.append(f"{path_}: pyinfra [{left}] infra [{right}]")
        arrived, known, before = known, apart, after
        later = []
        if ours not in ("failed", "refused"):
            again, report = infra.step(b, operation, arguments)
            if again != "ok":
                later.append(f"infra again: {again} {report.get('commands')} {report.get('error') or ''}")
            seen, _ = pyinfra.step(b, operation, dict(arguments), dry=True)
            if seen != "ok" and (again != "ok" or seen != pyinfra.step(a, operation, dict(arguments), dry=True)[0]):
                later.append(f"pyinfra on infra's twin would: {seen}")
        if theirs not in ("failed", "refused"):
            seen, report = infra.step(a, operation, arguments, dry=True)
            if seen != "ok":
                later.append(f"infra on pyinfra's twin would: {seen} {report.get('commands')} {report.get('error') or ''}")
        # Where all three would do it again, it is an operation that runs every time: `↻`.
        every_time = len(later) == 3
        told += [] if every_time else later
        if theirs in ("failed", "refused") or ours in ("failed", "refused"):
            told.append(f"errors: pyinfra: {str(their_report.get('error'))[:160]!r} infra: {str(our_report.get('error'))[:400]!r}")
        if news := {it for it in apart - arrived if it[0].startswith("/")}:
            make_alike(a, b, news)
            before = manifests(a, b)
            known = differences(*before)
        mark = "  " if not told or all(line.startswith("errors") for line in told) else "≠ "
        mark = "↻ " if every_time and mark == "  " else mark
        print(f"{mark}{title}:{number} {operation}({json.dumps(arguments, ensure_ascii=False)}) {ours}", flush=True)
        for line in told:
            print(f"        {line}", flush=True)


class Story:
    """One program's run of its script on some hosts: its exit code, and the names of the operations that changed."""

    def __init__(self, name):
        self.name, self.folder = name, Path(tempfile.mkdtemp(prefix="twin-story-"))
        self.telling = ""

    def groups(self, hosts):
        return {"web": hosts[:1], "db": hosts[1:]}

    def pyinfra(self, hosts):
        data = {"ssh_user": "root", "ssh_port": 2222, "ssh_key": KEY, "ssh_known_hosts_file": "/dev/null", "ssh_strict_host_key_checking": "off"}
        groups = {group: [(HOSTS[host], data) for host in those] for group, those in self.groups(hosts).items() if those}
        inventory = self.folder / "inventory.py"
        inventory.write_text("".join(f"{group} = {those!r}\n" for group, those in groups.items()))
        program = str(Path(sys.executable).parent / "pyinfra")
        done = subprocess.run([program, "-y", "--group-data", "group_data", str(inventory), f"{self.name}.py"], capture_output=True, text=True, cwd=HERE / "stories", timeout=600)
        self.telling = done.stdout + done.stderr
        changed, name = set(), ""
        for line in self.telling.split("\n"):
            if begun := re.match(r"--> Starting (?:run once |serial )?operation: (.*)", line):
                # An included file is no group of operations in infra.
                name = re.sub(r"\S+\.py \| ", "", begun[1].split(" (")[0].strip())
            if re.search(r"\] Success", line):
                changed.add(name)
        return done.returncode, changed

    def infra(self, hosts):
        inventory = self.folder / "inventory.rhai"
        lines = []
        for group, those in self.groups(hosts).items():
            shown = [f'["{HOSTS[host]}", #{{ ssh_user: "root", ssh_port: 2222, ssh_key: "{KEY}", ssh_known_hosts_file: "/dev/null", ssh_strict_host_key_checking: "off" }}]' for host in those]
            lines += [f"let {group} = [{', '.join(shown)}];\n"] if those else []
        inventory.write_text("".join(lines))
        command = [INFRA, str(inventory), f"{self.name}.rhai", "-y", "--json", "--group-data", "group_data"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE / "stories", timeout=600)
        self.telling = done.stdout + done.stderr
        events = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
        return done.returncode, {event["operation"] for event in events if event.get("event") == "result" and event["status"] == "changed"}


def compare_story(name, left, right):
    story, told = Story(name), []
    before = [differences(*manifests(a, b)) for a, b in zip(left, right)]
    code, changed = story.pyinfra(left)
    telling = story.telling
    our_code, ours = story.infra(right)
    if code != our_code:
        told.append(f"exit codes: pyinfra {code}, infra {our_code}")
    if code != our_code or "-v" in sys.argv:
        told += [telling[-2500:], story.telling[-2500:]]
    if ours != changed:
        told.append(f"only pyinfra changed {sorted(changed - ours)}, only infra {sorted(ours - changed)}")
    for known, a, b in zip(before, left, right):
        told += [f"{a} {path}: pyinfra [{one}] infra [{other}]" for path, one, other in sorted(differences(*manifests(a, b)) - known)[:12]]
    _, always = story.pyinfra(left)
    _, again = story.infra(right)
    for what, those in (("infra again", again), ("infra behind pyinfra", story.infra(left)[1]), ("pyinfra behind infra", story.pyinfra(right)[1])):
        if those - always:
            told.append(f"{what} changes {sorted(those - always)}")
    print(f"{'≠' if told else ' '} {name}: {len(changed)} changed, each time: {sorted(always)}", flush=True)
    for line in told:
        print(f"        {line}", flush=True)


def compare_facts(name, user, sudo):
    questions = json.loads((HERE / "facts.json").read_text())
    known = {fact["name"] for fact in json.loads(subprocess.check_output([INFRA, "doc", "--json"]))["facts"]}
    for fact, _ in [question for question in questions if snake(question[0]) not in known]:
        print(f"≠ {fact} is no fact of infra")
    questions = [question for question in questions if snake(question[0]) in known]
    pyinfra = Pyinfra(user, sudo)
    theirs = pyinfra.facts(name, questions)
    ours = [answer.get("value", answer) for answer in Infra(user, sudo).facts(name, questions)]
    later = pyinfra.facts(name, questions)
    if len(ours) != len(questions):
        raise SystemExit(f"infra answered {len(ours)} of {len(questions)} questions")
    apart_ones = 0
    for question, left, right, again in zip(questions, theirs, ours, later):
        left, right = steady(left, again, ordered(left, right))
        if left != right:
            apart_ones += 1
            print(f"≠ {question[0]} {json.dumps(question[1], ensure_ascii=False)}\n    {apart(left, right)}")
    print(f"{len(questions)} facts, {apart_ones} apart")


def steady(left, again, right):
    """Both values without what the left one itself does not say again."""
    if left == again:
        return left, right
    if isinstance(left, dict) and isinstance(again, dict) and isinstance(right, dict):
        names = [name for name in left if name in again]
        kept = {name: steady(left[name], again[name], right[name]) for name in names if name in right}
        rest = {name: left[name] for name in names if name not in right and left[name] == again[name]}
        fleeting = left.keys() ^ again.keys()
        extra = {} if fleeting else {name: item for name, item in right.items() if name not in left}
        return {**{name: pair[0] for name, pair in kept.items()}, **rest}, {**{name: pair[1] for name, pair in kept.items()}, **extra}
    if isinstance(left, list) and isinstance(again, list) and isinstance(right, list) and len(left) == len(again) == len(right):
        pairs = [steady(*items) for items in zip(left, again, right)]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return (None, None) if type(left) is type(right) else (left, right)


def apart(left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in {**left, **right} if left.get(key, "absent") != right.get(key, "absent")]
        if keys:
            return "; ".join(f"{key}: {apart(left.get(key, 'absent'), right.get(key, 'absent'))}" for key in keys[:6]) + (f" … {len(keys)}" if len(keys) > 6 else "")
        return f"order {list(left)[:8]} {list(right)[:8]}"
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return "; ".join(f"[{n}] {apart(x, y)}" for n, (x, y) in enumerate(zip(left, right)) if x != y)
    return f"pyinfra {json.dumps(left, ensure_ascii=False)[:300]} infra {json.dumps(right, ensure_ascii=False)[:300]}"


def main():
    words = sys.argv[1:]
    sudo = "--sudo" in words
    user = "ops" if sudo else "root"
    if "--as" in words:
        at = words.index("--as")
        user = words[at + 1]
        del words[at : at + 2]
    words = [word for word in words if word not in ("--sudo", "-v")]
    if words[:1] == ["facts"] and len(words) == 2:
        return compare_facts(words[1], user, sudo)
    if words[:1] == ["stories"] and len(words) >= 3:
        for name in words[3:] or sorted(path.stem for path in (HERE / "stories").glob("*.rhai")):
            compare_story(name, words[1].split(","), words[2].split(","))
        return None
    if words[:1] == ["deploy"] and len(words) >= 3:
        for name in words[3:] or sorted(path.stem for path in (HERE / "deploys").glob("*.json")):
            compare_steps(name, json.loads((HERE / "deploys" / f"{name}.json").read_text()), words[1], words[2], user, sudo)
        return None
    if words[:1] == ["random"] and len(words) >= 5:
        for name in words[5:] or sorted(path.stem for path in (HERE / "chance").glob("*.json")):
            steps = steps_by_chance(HERE / "chance" / f"{name}.json", words[3], int(words[4]))
            compare_steps(f"{name} {words[3]}", steps, words[1], words[2], user, sudo)
        return None
    sys.exit(__doc__)


if __name__ == "__main__":
    main()
