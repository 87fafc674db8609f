"""Usage: python tools/serve.py [PORT]. Build the book and serve it on 127.0.0.1."""

import contextlib
import functools
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from build_book import ROOT, build


class Handler(SimpleHTTPRequestHandler):
    """Serve files quietly, with types that do not depend on the machine's own table."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }

    def log_message(self, *_):
        pass

    def send_error(self, code, message=None, explain=None):
        """Answer for a missing page with the site's own, as its host does."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")  # a rebuilt page shows at the next reload
        super().end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(
            sys.exc_info()[1], ConnectionError
        ):  # a reader who closes the tab early is no error
            super().handle_error(request, client_address)


def make_server(directory, port):
    """Return a server of ``directory`` on 127.0.0.1, not yet running; port 0 is any free one."""
    return Server(("127.0.0.1", port), functools.partial(Handler, directory=str(directory)))


@contextlib.contextmanager
def serving(directory):
    """Serve ``directory`` beside what is done within; the value is its address, "http://…/"."""
    with make_server(directory, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def main(port="8000"):
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        return f"PORT is {port!r}, but a port is a whole number from 1 to 65535, such as 8001."
    try:
        server = make_server(ROOT / "_build/html", int(port))
    except PermissionError:
        return f"Port {port} may not be used without special rights: try `make serve PORT=8001`."
    except OSError:
        return f"Port {port} is in use: choose another one, as in `make serve PORT=8001`."
    with server:
        try:
            if not build():
                return 1
            print(f"The course is at http://127.0.0.1:{port}/ (stop with Ctrl-C)", flush=True)
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
