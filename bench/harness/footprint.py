"""What Bowline takes before it does anything: time to start, memory, size on disk."""
import http.client
import shutil
import subprocess
import tempfile
import time

from . import machine

SETTLE_SECONDS = 2


def cold_starts(server, new_database, count):
    """From the start of the process to the first 200, on an empty database and on one that exists."""
    fresh, again = [], []
    for number in range(count):
        bowline = server(f"start-{number}", new_database())
        for times in (fresh, again):
            times.append(_time_to_first_200(bowline))
            bowline.stop()
        shutil.rmtree(bowline.folder)
    yield {"cell": "cold_start_empty", "seconds": fresh}
    yield {"cell": "cold_start", "seconds": again}


def _time_to_first_200(bowline):
    began = time.perf_counter()
    bowline.start()
    while not _answers(bowline.port):
        time.sleep(0.001)
    return round(time.perf_counter() - began, 4)


def _answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def idle(binary, bowline):
    """Memory of a server with the fixtures and nothing to do, and the size of its program."""
    time.sleep(SETTLE_SECONDS)
    return {"cell": "idle", "rss_bytes": machine.rss_bytes(bowline.pid), "binary_bytes": binary.stat().st_size,
            "stripped_bytes": _stripped_bytes(binary)}


def loaded(bowline):
    """Memory after all cells."""
    time.sleep(SETTLE_SECONDS)
    return {"cell": "after_load", "rss_bytes": machine.rss_bytes(bowline.pid)}


def _stripped_bytes(binary):
    if not shutil.which("strip"):
        return None
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "-o", copy.name, binary], check=True)
        # strip may put another file in its place.
        return len(open(copy.name, "rb").read())
