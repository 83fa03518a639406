"""Starts and stops what is measured and what it is measured against. Only loopback addresses."""
import json
import os
import pathlib
import pwd
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

from . import functions, programs

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE.parent
OPEN_FILES = 65536
START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 15
API_KEY_CONNECTIONS = 100


def raise_open_files():
    """For this process and all it starts: a thousand streams are some thousand sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(answers, what, pause=0.02):
    until = time.time() + START_SECONDS_MAX
    while not answers():
        if time.time() > until:
            raise SystemExit(f"{what} did not start within {START_SECONDS_MAX} s")
        time.sleep(pause)


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Nginx:
    """An upstream with one document of 1 KiB, and `proxy_pass` with keep-alive to it: the reference."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {"upstream": free_port(), "proxy": free_port()}
        self.upstream = f"127.0.0.1:{self.ports['upstream']}"
        self.proxy = f"127.0.0.1:{self.ports['proxy']}"
        self.processes = {}

    def __enter__(self):
        for name in self.ports:
            text = (BENCH / f"nginx-{name}.conf").read_text()
            for other, port in self.ports.items():
                text = text.replace(f"@{other}_port@", str(port))
            own = self.folder / name
            own.mkdir(parents=True)
            (own / "nginx.conf").write_text(text)
            command = [programs.find("nginx"), "-p", f"{own}/", "-c", "nginx.conf", "-e", "error.log"]
            self.processes[name] = subprocess.Popen(command)
            wait_until(lambda: accepts(self.ports[name]), f"nginx ({name})")
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            stop(process)

    def pid(self, name):
        return self.processes[name].pid


class StreamUpstream:
    """The upstream of long streams, a process of its own."""

    def __init__(self):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, HERE / "stream_upstream.py", str(self.port)])
        wait_until(lambda: accepts(self.port), "the upstream of streams")
        return self

    def __exit__(self, *_):
        stop(self.process)


class Postgres:
    """A private cluster with PostgreSQL's own settings: durable, 128 MB of shared buffers."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.databases = 0
        self.process = None

    def __enter__(self):
        self.folder.mkdir()
        user = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            account = next(entry for entry in map(_account, ["postgres", "nobody"]) if entry)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        folder, data = programs.postgres_folder(), self.folder / "data"
        initdb = [folder / "initdb", "-D", data, "-U", "bowline", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **user)
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = open(self.folder / "log", "w")
        self.process = subprocess.Popen([folder / "postgres", "-D", data, *options], stdout=log, stderr=log,
                                        cwd=self.folder, **user)
        ready = [folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_until(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL")
        return self

    def __exit__(self, *_):
        # SIGINT is PostgreSQL's fast shutdown.
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def new_database(self):
        """The URL of an empty database."""
        self.databases += 1
        name = f"bench{self.databases}"
        createdb = [programs.postgres_folder() / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bowline"]
        subprocess.run([*createdb, name], check=True)
        return f"postgres://bowline@127.0.0.1:{self.port}/{name}"


def _account(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


class Bowline:
    """`bowline serve` without a rate limit, allowed to call the upstreams."""

    def __init__(self, binary, folder, allow, database_url=None):
        self.binary, self.folder, self.database_url = binary.resolve(), folder, database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = str(uuid.uuid4())
        self.allow = allow
        self.process = None

    def start(self):
        """Starts the process and returns at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.folder]
        if self.database_url:
            command += ["--database-url", self.database_url]
        settings = {
            "BOWLINE_SECRET_KEY_DEV": self.key,
            "BOWLINE_RATE_LIMIT_PER_MINUTE": "0",
            "BOWLINE_OUTBOUND_ALLOW": ",".join(self.allow),
        }
        foreign = ("BOWLINE_", "NANGO_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        log = open(self.folder / "log", "a")
        self.process = subprocess.Popen(command, env=environment | settings, stdout=log, stderr=log)

    def is_ready(self):
        try:
            return urllib.request.urlopen(f"{self.url}/ready", timeout=2).status == 200
        except OSError:
            return False

    def stop(self):
        stop(self.process)

    def __enter__(self):
        self.start()
        wait_until(self.is_ready, "bowline")
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self.process.pid

    def post(self, path, body, timeout=10, headers=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | (headers or {})
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        return json.load(urllib.request.urlopen(request, timeout=timeout))

    def make_fixtures(self):
        """Through the public API: an API-key and an OAuth2 integration, 100 and 1 connections."""
        self.post("/integrations", {"unique_key": "bench", "provider": "private-api-bearer", "display_name": "Bench"})
        client = {"type": "OAUTH2", "client_id": "cid", "client_secret": "csecret", "scopes": "repo"}
        self.post("/integrations", {"unique_key": "bench-oauth", "provider": "github",
                                    "display_name": "Bench OAuth", "credentials": client})
        for number in range(API_KEY_CONNECTIONS):
            self.post("/connections", {
                "provider_config_key": "bench", "connection_id": f"bench-conn-{number}",
                "credentials": {"type": "API_KEY", "apiKey": f"sk_bench_{number}"},
                "metadata": {"tier": "gold", "n": number}})
        functions.deploy(self)
        token = {"type": "OAUTH2", "access_token": "gho_bench", "refresh_token": "ghr_bench",
                 "expires_at": "2099-01-01T00:00:00.000Z"}
        self.post("/connections", {"provider_config_key": "bench-oauth", "connection_id": "bench-oauth-0",
                                   "credentials": token})
