"""Medians, ratios, bounds and tables of what was measured."""

from __future__ import annotations

import math
import os
import platform
import time
from statistics import median

# Of medians: over, under, and the bound of the geometric mean over the projects.
MEANS = (("warm", "bare", 0.35), ("warm", "uv", 1.00), ("warm", "floor", 1.10), ("cold", "bare", 0.7))
# No single project.
WORST = ("warm", "floor", 1.25)
PHASES = ("inspect", "provision", "build", "collect", "verify")
SHORT = {
    "bare": "bare",
    "bare-uv": "bare, `--installer uv`",
    "uv": "`uv build`",
    "floor": "floor",
    "bwrap": "floor in bubblewrap",
    "warm": "warm",
    "cold": "cold",
}


def machine() -> dict[str, object]:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "cpu": models[0] if models else platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "user": "root" if os.geteuid() == 0 else "ordinary user",
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(math.log(value) for value in values) / len(values))


def walls(row: dict, key: str) -> float:
    """Seconds, the median."""
    return median(run["wall_s"] for run in row["runs"][key])


def complete(document: dict) -> None:
    """Adds what follows from the runs: medians, ratios, phases, bounds."""
    for row in [*document["projects"], document["batch"]]:
        row["median_s"] = {key: walls(row, key) for key in row["runs"]}
    for row in document["projects"]:
        row["ratios"] = {f"{over}/{under}": ratio(row, over, under) for over, under, _ in MEANS}
        row["phases_ms"] = phases(row["runs"]["warm"])
    document["bounds"] = bounds(document["projects"])
    runs = (run for row in document["projects"] for run in row["runs"]["warm"])
    document["missing_layers"] = sorted({layer for run in runs for layer in run["missing"]})


def ratio(row: dict, over: str, under: str) -> float:
    return row["median_s"][over] / row["median_s"][under]


def phases(runs: list[dict]) -> dict[str, float]:
    """Medians, each of its own. `rest` is the start of the program and what lies between the phases."""
    spent = [{name: sum(run["phases_ms"].get(name, [])) for name in PHASES} for run in runs]
    rest = [1000 * run["wall_s"] - sum(times.values()) for run, times in zip(runs, spent)]
    return {**{name: median(times[name] for times in spent) for name in PHASES}, "rest": median(rest)}


def bounds(rows: list[dict]) -> list[dict]:
    found = []
    for over, under, bound in MEANS:
        seen = geometric_mean([ratio(row, over, under) for row in rows])
        found.append({"what": f"{SHORT[over]} / {SHORT[under]}, geometric mean", "seen": seen, "bound": bound})
    over, under, bound = WORST
    worst = max(rows, key=lambda row: ratio(row, over, under))
    what = f"{SHORT[over]} / {SHORT[under]}, the largest ({worst['name']})"
    found.append({"what": what, "seen": ratio(worst, over, under), "bound": bound})
    return [{**entry, "met": entry["seen"] <= entry["bound"]} for entry in found]


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def markdown(document: dict) -> str:
    before, after, versions = document["machine"], document["load_after"], document["versions"]
    head = (
        f"{before['date']}: {before['cpu']}, {before['cpus']} CPUs, {before['kernel']}, {before['user']};\n"
        f"{', '.join(f'{name} {version}' for name, version in versions.items())};\n"
        f"load {before['load'][0]} before, {after[0]} after. Medians of {document['rounds']}, in milliseconds.\n"
    )
    if document["missing_layers"]:
        head += f"buildbox without {', '.join(document['missing_layers'])}.\n"
    return "\n".join([head, projects(document), limits(document), batch(document), profile(document)])


def projects(document: dict) -> str:
    rows = document["projects"]
    heads = ["project", *SHORT.values(), *(f"{over} / {under}" for over, under, _ in MEANS)]
    lines = [
        [f"{row['name']} {row['version']}"]
        + [milliseconds(row["median_s"][key]) for key in SHORT]
        + [f"{ratio(row, over, under):.2f}" for over, under, _ in MEANS]
        for row in rows
    ]
    means = [f"{geometric_mean([ratio(row, over, under) for row in rows]):.2f}" for over, under, _ in MEANS]
    return table(heads, [*lines, ["geometric mean", *("" for _ in SHORT), *means]])


def limits(document: dict) -> str:
    lines = [
        [entry["what"], f"{entry['seen']:.2f}", f"{entry['bound']:.2f}", "met" if entry["met"] else "MISSED"]
        for entry in document["bounds"]
    ]
    return table(["bound", "seen", "at most", ""], lines)


def batch(document: dict) -> str:
    row = document["batch"]
    lines = [
        [title, milliseconds(row["median_s"][key]), milliseconds(row["median_s"][key] / row["builds"])]
        + [f"{ratio(row, key, 'bare'):.2f}"]
        for key, title in document["titles"].items()
    ]
    what = f"{row['builds']} builds of {row['name']}, {row['at_once']} at a time"
    return table([what, "all", "for each", "/ bare"], lines)


def profile(document: dict) -> str:
    lines = [
        [row["name"], *(milliseconds(row["median_s"][key]) for key in ("floor", "warm"))]
        + [f"{row['phases_ms'][name]:.0f}" for name in (*PHASES, "rest")]
        for row in document["projects"]
    ]
    return table(["buildbox warm, its phases", "floor", "warm", *PHASES, "rest"], lines)
