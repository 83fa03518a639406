"""What the machine is and what its processes use, from /proc."""
import os
import platform
import resource
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Nothing:
    """Stands where a database server could be."""

    pid = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def new_database(self):
        return None


def describe():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PHYS_PAGES") * PAGE
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory / 2**30), "kernel": platform.release()}


def tree(root):
    """The process and all below it."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        fields = _stat(name)
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _stat(pid):
    """The fields of /proc/PID/stat after the name."""
    try:
        text = open(f"/proc/{pid}/stat").read()
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()


def cpu_seconds(root):
    """User and system time of a process tree, ended children included."""
    total = 0
    for pid in tree(root):
        fields = _stat(pid)
        total += sum(map(int, fields[11:15])) if fields else 0
    return total / TICKS


def rss_bytes(root):
    total = 0
    for pid in tree(root):
        try:
            total += int(open(f"/proc/{pid}/statm").read().split()[1]) * PAGE
        except OSError:
            pass
    return total


def own_cpu_seconds():
    """This program and the load generators it has started."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def busy_seconds():
    """CPU time of everything on the machine."""
    fields = list(map(int, open("/proc/stat").readline().split()[1:]))
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICKS


class Usage:
    """CPU time of named process trees, and of everything foreign, between two moments."""

    def __init__(self, roots):
        self.roots = {name: pid for name, pid in roots.items() if pid}
        self.start = self._now()

    def _now(self):
        return time.time(), busy_seconds(), own_cpu_seconds(), {n: cpu_seconds(p) for n, p in self.roots.items()}

    def since_start(self):
        """Seconds by name, and the percentage of one core that others used."""
        (t0, busy0, own0, roots0), (t1, busy1, own1, roots1) = self.start, self._now()
        used = {name: roots1[name] - roots0[name] for name in self.roots}
        foreign = busy1 - busy0 - (own1 - own0) - sum(used.values())
        return used, max(0.0, foreign / (t1 - t0) * 100)


def wait_quiet(limit_percent, longest_seconds, roots):
    """Waits until the rest of the machine is calm; measures anyway when it never is."""
    until = time.time() + longest_seconds
    while limit_percent and time.time() < until:
        usage = Usage(roots)
        time.sleep(1)
        if usage.since_start()[1] < limit_percent:
            return
