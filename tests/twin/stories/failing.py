"""Stops at a failure; what is behind it is not done."""

from pyinfra.operations import files, server

files.file(name="before", path="/srv/failing-before")
server.shell(name="ignored", commands="false", _ignore_errors=True)
files.file(name="between", path="/srv/failing-between")
files.file(name="unknown user", path="/srv/failing-user", user="no-such-user")
files.file(name="behind", path="/srv/failing-behind")
