"""The upstream of long streams: stream_upstream.py PORT

GET /bytes/N  N bytes        POST /sink  counts the body        GET /stand  begins an answer and never ends it
"""
import http.server
import signal
import socketserver
import sys

PIECE = bytes(256 * 1024)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/stand":
            self.answer([("Transfer-Encoding", "chunked")])
            self.wfile.write(b"5\r\nbegun\r\n")
            self.rfile.read(1)  # until the other side hangs up
            self.close_connection = True
            return
        left = int(self.path.rsplit("/", 1)[1])
        self.answer([("Content-Length", str(left))])
        while left:
            left -= self.connection.send(PIECE[:left])

    def do_POST(self):
        count = sum(self.pieces())
        text = b"got %d bytes" % count
        self.answer([("Content-Length", str(len(text)))])
        self.wfile.write(text)

    def answer(self, headers):
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def pieces(self):
        """The lengths in which the body arrives, whichever way it is framed."""
        buffer = memoryview(bytearray(len(PIECE)))
        if "Content-Length" in self.headers:
            yield from self.exactly(int(self.headers["Content-Length"]), buffer)
            return
        while length := int(self.rfile.readline(), 16):
            yield from self.exactly(length, buffer)
            self.rfile.readline()
        self.rfile.readline()

    def exactly(self, left, buffer):
        while left:
            count = self.rfile.readinto1(buffer[:left])
            if not count:
                raise ConnectionError("the body broke off")
            left -= count
            yield count

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 4096

    def handle_error(self, *_):
        """Clients that hang up are part of the measurement."""


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
