"""A repository that is cloned, moves on and is cloned again; a worktree; configuration of git."""

from pyinfra.operations import files, git, server

server.shell(name="Upstream", commands=[
    "[ -d /srv/up ] || { git init -q -b main /srv/up; cd /srv/up; git config user.name a; git config user.email b; export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'; echo 1 >f; git add f; git commit -q -m one; git branch dev; git tag -a -m v1 v1; echo 2 >f; git commit -q -a -m two; }",
])
git.config(name="Safe", key="safe.directory", value="*", multi_value=True, system=True)
git.config(name="Name", key="user.name", value="Story Teller")
git.repo(name="Clone", src="/srv/up", dest="/srv/clones/main")
git.repo(name="Branch", src="/srv/up", dest="/srv/clones/dev", branch="dev", user="ops", group="ops")
git.repo(name="Tag", src="/srv/up", dest="/srv/clones/tag", branch="v1")
git.repo(name="Shallow", src="file:///srv/up", dest="/srv/clones/shallow", depth=1)
server.shell(name="Moves on", commands="cd /srv/up && export GIT_AUTHOR_DATE='2020-02-02T00:00:00Z' GIT_COMMITTER_DATE='2020-02-02T00:00:00Z' && [ $(git rev-list --count main) -ge 3 ] || { echo 3 >f && git commit -q -a -m three; }")
git.repo(name="Pull", src="/srv/up", dest="/srv/clones/main", rebase=True)
git.repo(name="Switch", src="/srv/up", dest="/srv/clones/shallow", branch="main")
git.worktree(name="Worktree", repo="/srv/clones/main", worktree="/srv/clones/wt", new_branch="topic")
git.bare_repo(name="Bare", path="/srv/clones/bare.git", user="ops", group="ops")
git.config(name="In repo", key="pull.ff", value="only", repo="/srv/clones/main")
files.line(name="In the clone", path="/srv/clones/main/.git/info/exclude", line="*.tmp")
