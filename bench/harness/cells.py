"""One measurement: a workload of `workload.lua` at one concurrency, beside a calibration."""
import json
import os
import pathlib
import subprocess

from . import machine, programs
from .servers import API_KEY_CONNECTIONS

WORKLOADS = pathlib.Path(__file__).resolve().parent.parent / "workload.lua"
CALIBRATION_SECONDS = 1
# Pairs that form a ratio stand side by side, so that both meet the same machine.
DEFAULT = [
    "health:16", "integrations:16", "conn_get:1,16,64", "conn_get_oauth2:16", "conn_list_10:16",
    "direct:1", "nginx_proxy:1", "proxy_get:1",
    "direct:16", "nginx_proxy:16", "proxy_get:16",
    "nginx_proxy:64", "proxy_get:64",
    "nginx_proxy_post:16", "proxy_post:16",
    "action_empty:1,16", "direct:1", "action:1,16", "action_zod:1,16",
]
EXTRAS = ["cold_start", "idle", "streams", "functions"]
# Workloads that do not ask Bowline, with the server they ask.
ELSEWHERE = {"direct": "upstream", "nginx_proxy": "proxy", "nginx_proxy_post": "proxy"}
ERRORS = ["err_connect", "err_read", "err_write", "err_status", "err_timeout"]


class Plan:
    """The cells and extras of a run."""

    def __init__(self, wanted):
        wanted = wanted or DEFAULT + EXTRAS
        self.extras = [name for name in wanted if name in EXTRAS]
        self.cells = []
        for cell in wanted:
            if cell not in EXTRAS:
                workload, _, concurrencies = cell.partition(":")
                self.cells += [(workload, int(one)) for one in (concurrencies or "16").split(",")]


class Load:
    """Runs wrk and attributes CPU time."""

    def __init__(self, args, bowline, cluster, nginx):
        self.args, self.bowline, self.nginx = args, bowline, nginx
        self.roots = {"bowline": bowline.pid, "postgres": cluster.pid, "upstream": nginx.pid("upstream"),
                      "nginx": nginx.pid("proxy")}

    def measure(self, workload, connections, repeat):
        machine.wait_quiet(self.args.quiet, self.args.quiet_wait, self.roots)
        calibration = self._wrk("direct", 16, CALIBRATION_SECONDS)
        self._wrk(workload, connections, self.args.warmup)
        usage = machine.Usage(self.roots)
        result = self._wrk(workload, connections, self.args.seconds)
        used, foreign = usage.since_start()
        requests = max(1, result["requests"])
        return {
            "cell": workload, "c": connections, "repeat": repeat, "rps": result["rps"],
            "p50_us": result["p50"], "p99_us": result["p99"], "p999_us": result["p999"], "max_us": result["max"],
            "errors": sum(result[name] for name in ERRORS),
            "cpu_us": {name: round(seconds / requests * 1e6, 1) for name, seconds in used.items()},
            "calibration_rps": calibration["rps"], "foreign_cpu_percent": round(foreign, 1),
        }

    def _wrk(self, workload, connections, seconds):
        where = getattr(self.nginx, ELSEWHERE[workload]) if workload in ELSEWHERE else None
        url = f"http://{where}" if where else self.bowline.url
        command = [programs.find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency",
                   "-s", str(WORKLOADS), url]
        settings = {"BENCH_WORKLOAD": workload, "BENCH_KEY": self.bowline.key,
                    "BENCH_UPSTREAM": f"http://{self.nginx.upstream}", "BENCH_CONNS": str(API_KEY_CONNECTIONS)}
        done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            if line.startswith("RESULT "):
                result = json.loads(line.removeprefix("RESULT "))
                result["rps"] = round(result["requests"] / (result["duration_us"] / 1e6), 1)
                return result
        raise SystemExit(f"wrk gave no result for {workload}:\n{done.stdout}{done.stderr}")
