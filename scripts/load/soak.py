"""The parts of scripts/soak, one after another."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import crowd
import flood
import kills
import traces


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--queued", type=int, required=True)
    parser.add_argument("--followers", type=int, required=True)
    parser.add_argument("--flood", type=int, required=True, help="MiB")
    parser.add_argument("parts", nargs="+")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # A server outlives nobody: it is ended on the way out of every part.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    traces.adopt_orphans()
    report: dict[str, object] = {"processors": os.cpu_count(), "seed": options.seed}
    good = True
    for part in options.parts:
        folder = Path(tempfile.mkdtemp(prefix="buildbox-soak-"))
        print(f"==> {part}, load {os.getloadavg()[0]:.2f}", flush=True)
        load = os.getloadavg()[0]
        if part == "kills":
            work = kills.run(
                options.program, options.project, folder, options.jobs, options.kills, options.seed
            )
        elif part == "crowd":
            work = crowd.run(options.program, options.project, folder, options.queued, options.followers)
        else:
            work = flood.run(options.program, options.project, folder, options.flood << 20)
        figures = asyncio.run(work)
        figures["load_before"], figures["load_after"] = round(load, 2), round(os.getloadavg()[0], 2)
        report[part] = figures
        good = good and bool(figures["good"])
        for name, value in figures.items():
            print(f"    {name}: {value}", flush=True)
        if figures["good"]:
            shutil.rmtree(folder)
        else:
            print(f"    its files stay in {folder}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print("within the bounds" if good else "NOT within the bounds")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
