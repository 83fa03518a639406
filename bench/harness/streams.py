"""Long streams through the proxy: throughput, and above all memory."""
import contextlib
import socket
import threading
import time

from . import machine

PIECE = bytes(256 * 1024)
SAMPLE_SECONDS = 0.02
SETTLE_SECONDS = 1


def measure(args, bowline, upstream):
    """One stream down, one up, then many that stand still. The first, small one opens what stays open."""
    _download(bowline, upstream, 1 << 20)
    _upload(bowline, upstream, 1 << 20)
    yield _moving("stream_down", args.stream_bytes, bowline, upstream, _download)
    yield _moving("stream_up", args.stream_bytes, bowline, upstream, _upload)
    yield _standing(args.idle_streams, bowline, upstream)


def _moving(name, length, bowline, upstream, transfer):
    with Peak(bowline.pid) as memory:
        cpu, began = machine.cpu_seconds(bowline.pid), time.perf_counter()
        transfer(bowline, upstream, length)
        seconds = time.perf_counter() - began
        cpu = machine.cpu_seconds(bowline.pid) - cpu
    began = time.perf_counter()
    transfer(_Direct(upstream), upstream, length)
    return {"cell": name, "bytes": length, "seconds": round(seconds, 3),
            "direct_seconds": round(time.perf_counter() - began, 3), "cpu_seconds": round(cpu, 2),
            "rss_before": memory.before, "rss_peak": memory.peak}


def _standing(count, bowline, upstream):
    """Streams that have begun, and wait for more."""
    before = machine.rss_bytes(bowline.pid)
    with contextlib.ExitStack() as open_streams:
        for _ in range(count):
            stream = open_streams.enter_context(socket.create_connection(("127.0.0.1", bowline.port)))
            stream.sendall(_head(bowline, upstream, "GET", "/stand", ""))
            _until(stream, b"begun")
        time.sleep(SETTLE_SECONDS)
        during = machine.rss_bytes(bowline.pid)
    time.sleep(SETTLE_SECONDS)
    return {"cell": "idle_streams", "streams": count, "rss_before": before, "rss_during": during,
            "rss_after": machine.rss_bytes(bowline.pid), "bytes_per_stream": (during - before) // count}


def _download(server, upstream, length):
    with socket.create_connection(("127.0.0.1", server.port)) as stream:
        stream.sendall(_head(server, upstream, "GET", f"/bytes/{length}", "Connection: close\r\n"))
        head, rest = _until(stream, b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        received, buffer = len(rest), bytearray(1 << 20)
        while count := stream.recv_into(buffer):
            received += count
    assert received == length, f"{received} of {length} bytes came"


def _upload(server, upstream, length):
    headers = f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as stream:
        stream.sendall(_head(server, upstream, "POST", "/sink", headers))
        for _ in range(length // len(PIECE)):
            stream.sendall(PIECE)
        _until(stream, b"got %d bytes" % length)


def _head(server, upstream, method, path, headers):
    return (
        f"{method} {server.prefix if isinstance(server, _Direct) else '/proxy'}{path} HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {server.key}\r\nProvider-Config-Key: bench\r\nConnection-Id: bench-conn-0\r\n"
        f"Base-Url-Override: http://{upstream.address}\r\n{headers}\r\n"
    ).encode()


def _until(stream, end):
    """Reads up to and including `end`; returns what came before it and after it."""
    data = b""
    while end not in data:
        piece = stream.recv(65536)
        if not piece:
            raise SystemExit(f"the stream ended early: {data[:300]!r}")
        data += piece
    return data.split(end, 1)


class _Direct:
    """The upstream itself, in the place of a server."""

    prefix, key = "", ""

    def __init__(self, upstream):
        self.port = upstream.port


class Peak:
    """Samples the memory of a process tree."""

    def __init__(self, pid):
        self.pid, self.done = pid, threading.Event()

    def __enter__(self):
        self.before = self.peak = machine.rss_bytes(self.pid)
        self.thread = threading.Thread(target=self._sample)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def _sample(self):
        while not self.done.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, machine.rss_bytes(self.pid))
