"""Answers every request with the version that lies beside it; ends when all requests are answered."""
import os
import signal
import socket
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class Handler(WSGIRequestHandler):
    def setup(self):
        super().setup()
        self.client_address = ("unix", 0)

    def log_message(self, *_):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False
    block_on_close = True


def app(environ, start):
    start(os.environ["STATUS"], [("Content-Type", "text/plain")])
    return [version]


with open("version", "rb") as file:
    version = file.read()
server = Server(("", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=3)
server.server_name, server.server_port = "shop", 80
server.setup_environ()
server.set_app(app)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.05)
server.server_close()
