"""Functions: the actions of the workloads, many that wait at the same time, and a mapping beside Node."""
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

from . import machine

WAITING = 1000
WAIT_SECONDS = 5
CALL = "const { data } = await nango.get({ endpoint: '/ping', baseUrlOverride: input.upstream }); return data.pad.length;"
ZOD = "await nango.zodValidateInput({ zodSchema: z.object({ name: z.string(), upstream: z.string() }), input });"
# What a sync does with a page: 10,000 records of a provider become records of the product.
MAPPING = """
const issues = Array.from({ length: 10000 }, (_, i) => ({ id: i, title: `Issue ${i}`, user: { login: `u${i % 97}` },
  labels: [{ name: 'bug' }, { name: `p${i % 5}` }], created_at: '2026-01-02T03:04:05Z', body: 'x'.repeat(200) }));
const mapped = issues.map((issue) => ({ id: String(issue.id), title: issue.title.trim(), author: issue.user?.login ?? null,
  labels: issue.labels.map((label) => label.name).sort(), createdAt: new Date(issue.created_at).toISOString(),
  short: issue.body.slice(0, 80) }));
return JSON.stringify(mapped).length;
"""
ACTIONS = {
    "empty": "return 1;",
    "call": CALL,
    "call-zod": ZOD + CALL,
    "wait": f"await new Promise((resolve) => setTimeout(resolve, {WAIT_SECONDS * 1000})); return 1;",
    "mapping": MAPPING,
}


def deploy(bowline):
    """Deploys the actions as the official CLI would."""
    def source(name, body):
        zod = "const z = require('zod');" if name == "call-zod" else ""
        return f'"use strict";{zod}module.exports.default = {{ type: "action", exec: async (nango, input) => {{ {body} }} }};'

    flows = [{"syncName": name, "providerConfigKey": "bench", "type": "action", "models": [], "runs": None,
              "fileBody": {"js": source(name, body), "ts": body}} for name, body in ACTIONS.items()]
    bowline.post("/sync/deploy", {"flowConfigs": flows, "reconcile": True, "debug": False, "nangoYamlBody": "",
                                  "sdkVersion": "0.71.10-zero"})


def measure(bowline):
    """Memory and time of many actions that wait, and a mapping in the runtime and in Node."""
    yield _waiting(bowline)
    yield _mapping(bowline)


def _trigger(bowline, name, timeout=60):
    return bowline.post("/action/trigger", {"action_name": name, "input": {}}, timeout=timeout, headers={
        "Provider-Config-Key": "bench", "Connection-Id": "bench-conn-0"})


def _waiting(bowline):
    _trigger(bowline, "empty")
    before = machine.rss_bytes(bowline.pid)
    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(WAITING) as pool:
        runs = [pool.submit(_trigger, bowline, "wait") for _ in range(WAITING)]
        time.sleep(WAIT_SECONDS * 0.8)
        during = machine.rss_bytes(bowline.pid)
        done = sum(run.result() == 1 for run in runs)
    return {"cell": "actions_waiting", "count": WAITING, "done": done, "wait_seconds": WAIT_SECONDS,
            "seconds": round(time.perf_counter() - began, 2), "bytes_each": (during - before) // WAITING}


def _mapping(bowline, repeats=5):
    ours = []
    for _ in range(repeats):
        began = time.perf_counter()
        length = _trigger(bowline, "mapping")
        ours.append(time.perf_counter() - began)
    node, reference = _mapping_in_node(repeats)
    if length != reference:
        raise SystemExit(f"the mapping gave {length} here and {reference} in Node")
    return {"cell": "mapping", "ms": round(min(ours) * 1000, 1), "node_ms": node,
            "ratio": round(min(ours) * 1000 / node, 2)}


def _mapping_in_node(repeats):
    """The best of several calls in one process, as in a runner that is warm."""
    script = f"""const map = () => {{ {MAPPING} }};
      let best = Infinity, length;
      for (let i = 0; i < {repeats}; i++) {{ const began = performance.now(); length = map();
        best = Math.min(best, performance.now() - began); }}
      console.log(JSON.stringify([best, length]));"""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "mapping.cjs")
        file.write_text(script)
        best, length = json.loads(subprocess.run([shutil.which("node"), file], capture_output=True, check=True).stdout)
    return round(best, 1), length
