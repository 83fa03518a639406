"""The budgets, and whether a run keeps them."""
import statistics

MIB = 1 << 20
# A cell that shared the machine with more than this percentage of one core proves nothing, either way.
FOREIGN_CPU_PERCENT_MAX = 20


def table(rows, loads):
    lines = ["| what | budget | measured | kept |", "|---|---|---|---|"]
    for what, budget, measured, kept, *cells in [*_load(loads), *_rest(rows)]:
        disturbed = any(row["foreign_cpu_percent"] > FOREIGN_CPU_PERCENT_MAX for cell in cells for row in loads[cell])
        verdict = ("yes" if kept else "**no**") + (", disturbed" if disturbed else "")
        lines.append(f"| {what} | {budget} | {measured} | {verdict} |")
    return "\n".join(lines)


def _load(loads):
    def median(database, cell, c, key):
        return statistics.median(row[key] for row in loads[database, cell, c])

    if ("sqlite", "conn_get", 16) in loads:
        rate, p99 = (median("sqlite", "conn_get", 16, key) for key in ("rps", "p99_us"))
        cpu = statistics.median(row["cpu_us"]["bowline"] for row in loads["sqlite", "conn_get", 16])
        what, cell = "`GET /connections/:id`, SQLite, c=16", ("sqlite", "conn_get", 16)
        yield what, "≥ 20,000 req/s", f"{rate:,.0f}", rate >= 20_000, cell
        yield what, "p99 < 3 ms", f"{p99 / 1000:.2f} ms", p99 < 3_000, cell
        yield what, "≤ 60 µs CPU per request", f"{cpu:.1f} µs", cpu <= 60, cell
    if ("postgres", "conn_get", 16) in loads:
        rate = median("postgres", "conn_get", 16, "rps")
        what, cell = "`GET /connections/:id`, PostgreSQL, c=16", ("postgres", "conn_get", 16)
        yield what, "≥ 8,000 req/s", f"{rate:,.0f}", rate >= 8_000, cell
    for database, cell, c in loads:
        reference = {"proxy_get": "nginx_proxy", "proxy_post": "nginx_proxy_post"}.get(cell)
        if reference and (database, reference, c) in loads:
            # Each repeat against the reference of the same repeat.
            pairs = zip(loads[database, cell, c], loads[database, reference, c])
            ratios = [own["rps"] / other["rps"] for own, other in pairs]
            ratio = statistics.median(ratios)
            measured = f"{ratio:.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
            yield (f"`{cell}`, {database}, c={c}", "≥ 0.6 × nginx `proxy_pass`", measured, ratio >= 0.6,
                   (database, cell, c), (database, reference, c))
        if (cell, c) == ("proxy_get", 1) and (database, "direct", 1) in loads:
            added = median(database, cell, 1, "p50_us") - median(database, "direct", 1, "p50_us")
            yield (f"`proxy_get`, {database}, c=1", "added p50 < 150 µs", f"{added:.0f} µs", added < 150,
                   (database, "proxy_get", 1), (database, "direct", 1))


def _rest(rows):
    for row in rows:
        cell, database = row["cell"], row.get("database")
        if cell in ("stream_down", "stream_up"):
            grown = row["rss_peak"] - row["rss_before"]
            what = f"{cell}, {row['bytes'] / MIB:,.0f} MiB"
            yield what, "flat memory (grows < 8 MiB)", f"{grown / MIB:.1f} MiB", grown < 8 * MIB
        elif cell == "idle_streams":
            each = row["bytes_per_stream"]
            yield f"{row['streams']:,} idle streams", "< 64 KiB each", f"{each / 1024:.1f} KiB", each < 64 * 1024
        elif cell == "cold_start":
            time = statistics.median(row["seconds"])
            yield f"cold start to first 200, {database}", "< 150 ms", f"{time * 1000:.0f} ms", time < 0.15
        elif cell == "idle":
            yield (f"idle memory, {database}", "< 50 MiB", f"{row['rss_bytes'] / MIB:.1f} MiB",
                   row["rss_bytes"] < 50 * MIB)
            if row["stripped_bytes"]:
                yield ("stripped program", "< 60 MiB", f"{row['stripped_bytes'] / MIB:.1f} MiB",
                       row["stripped_bytes"] < 60 * MIB)
