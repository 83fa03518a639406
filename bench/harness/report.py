"""Results as lines while they come, and as Markdown tables at the end."""
import statistics

from . import budgets

MIB = 1 << 20


def line(row):
    if "rps" in row:
        return (f"{row['database']:8} {row['cell']:16} c={row['c']:<3} #{row['repeat']} {row['rps']:>9,.0f} req/s  "
                f"p50 {row['p50_us']} µs  p99 {row['p99_us']} µs  errors {row['errors']}  CPU {row['cpu_us']}  "
                f"calibration {row['calibration_rps']:,.0f}  foreign {row['foreign_cpu_percent']} %")
    return "  ".join(f"{key}={value}" for key, value in row.items() if key != "at")


def markdown(rows):
    machine = next(row for row in rows if row["cell"] == "machine")
    versions = ", ".join(machine[name] for name in ("bowline", "nginx", "wrk", "postgres") if name in machine)
    parts = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}. "
        f"{versions}. {machine['at'][:10]}.",
    ]
    loads = group(row for row in rows if "rps" in row)
    parts += ["## Budgets", budgets.table(rows, loads)]
    if loads:
        parts += ["## Load", load_table(loads)]
    extras = [row for row in rows if "rps" not in row and row["cell"] != "machine"]
    if extras:
        parts += ["## Footprint and streams", extra_table(extras)]
    return "\n\n".join(parts) + "\n"


def group(rows):
    """Repeats of one cell together, in the order in which they ran."""
    cells = {}
    for row in rows:
        cells.setdefault((row["database"], row["cell"], row["c"]), []).append(row)
    return cells


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def load_table(cells):
    lines = [
        "| database | workload | c | req/s (min–max) | p50 ms | p99 ms | p99.9 ms | errors | CPU µs per request "
        "| ÷ calibration | foreign CPU |",
        "|---|---|--:|--:|--:|--:|--:|--:|---|--:|--:|",
    ]
    for (database, cell, c), rows in cells.items():
        rates = [row["rps"] for row in rows]
        times = " | ".join(f"{median(rows, key) / 1000:.2f}" for key in ("p50_us", "p99_us", "p999_us"))
        share = statistics.median(row["rps"] / row["calibration_rps"] for row in rows)
        lines.append(
            f"| {database} | {cell} | {c} | {median(rows, 'rps'):,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) | {times} "
            f"| {sum(row['errors'] for row in rows)} | {cpu(rows)} | {share:.3f} "
            f"| {max(row['foreign_cpu_percent'] for row in rows):.0f} % |")
    return "\n".join(lines)


def cpu(rows):
    """Only those who took part."""
    medians = {name: statistics.median(row["cpu_us"][name] for row in rows) for name in rows[0]["cpu_us"]}
    return ", ".join(f"{name} {value:.0f}" for name, value in medians.items() if value >= 0.5)


def extra_table(rows):
    return "\n".join(["| database | what | figures |", "|---|---|---|",
                      *(f"| {row['database']} | {row['cell']} | {figures(row)} |" for row in rows)])


def figures(row):
    if "direct_seconds" in row:
        rate, direct = (row["bytes"] / row[key] / MIB for key in ("seconds", "direct_seconds"))
        return (f"{row['bytes'] / MIB:,.0f} MiB at {rate:,.0f} MiB/s (upstream alone {direct:,.0f} MiB/s), "
                f"{row['cpu_seconds']} s CPU; memory before {mib(row['rss_before'])}, peak {mib(row['rss_peak'])}")
    if "bytes_per_stream" in row:
        return (f"{row['streams']:,} streams: {row['bytes_per_stream'] / 1024:.1f} KiB each; memory before "
                f"{mib(row['rss_before'])}, during {mib(row['rss_during'])}, after {mib(row['rss_after'])}")
    if "binary_bytes" in row:
        stripped = f", stripped {mib(row['stripped_bytes'])}" if row["stripped_bytes"] else ""
        return f"memory {mib(row['rss_bytes'])}; program {mib(row['binary_bytes'])}{stripped}"
    if "bytes_each" in row:
        return (f"{row['done']:,} of {row['count']:,} actions that wait {row['wait_seconds']} s, done after "
                f"{row['seconds']} s: {row['bytes_each'] / 1024:.0f} KiB each")
    if "node_ms" in row:
        return f"{row['ms']} ms through HTTP, Node alone {row['node_ms']} ms: ratio {row['ratio']}"
    if "rss_bytes" in row:
        return f"memory {mib(row['rss_bytes'])}"
    times = sorted(row["seconds"])
    return (f"median {statistics.median(times) * 1000:.0f} ms ({times[0] * 1000:.0f}–{times[-1] * 1000:.0f}) "
            f"of {len(times)} starts")


def mib(count):
    return f"{count / MIB:.1f} MiB"
