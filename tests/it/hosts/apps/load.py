"""Asks a Unix socket, or ADDRESS:PORT, for so many seconds, one request after the other."""
import http.client
import socket
import sys
import time

path, until = sys.argv[1], time.monotonic() + float(sys.argv[2])
good = bad = 0
while time.monotonic() < until:
    asked = http.client.HTTPConnection("shop", timeout=10)
    try:
        if path.startswith("/"):
            asked.sock = socket.socket(socket.AF_UNIX)
            asked.sock.settimeout(10)
            asked.sock.connect(path)
        else:
            host, port = path.split(":")
            asked.sock = socket.create_connection((host, int(port)), 10)
        asked.request("GET", "/")
        answer = asked.getresponse()
        answer.read()
        good, bad = good + (answer.status == 200), bad + (answer.status != 200)
    except (OSError, http.client.HTTPException):
        bad += 1
    finally:
        asked.close()
print(good, "answered", bad, "failed")
