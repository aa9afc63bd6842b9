"""Compare what verify.py says to every kind of kinds.py with what it has to say.

Usage: verdicts.py VERIFY PATH..., where VERIFY is verify.py and the paths have its modules and the frontend's packages.
Says on stderr which kinds were judged otherwise, and how many were looked at.
"""

import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path += sys.argv[2:]
import runpy  # noqa: E402

from kinds import ACCEPTED, KINDS, REFUSED, REMARKED  # noqa: E402


def judged(script, kind, folder):
    path = os.path.join(folder, kind.name)
    with open(path, "wb") as file:
        file.write(kind.data)
    remarks = []
    verify = script["verify_wheel"] if kind.name.endswith(".whl") else script["verify_sdist"]
    try:
        _, _, wanted = verify(path, kind.name, [1 << 20], remarks)
        script["check_wanted"](wanted, remarks, names_only=kind.for_others)
    except script["Fault"] as fault:
        return REFUSED, str(fault)
    return (REMARKED if remarks else ACCEPTED), "; ".join(remarks)


def is_table_current():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "readers.json"), encoding="utf-8") as file:
        told = [(row["artifact"], row["kind"], row["buildbox"]) for row in json.load(file)]
    return told == [("wheel" if kind.name.endswith(".whl") else "sdist", kind.words, kind.verdict) for kind in KINDS]


def main():
    script = runpy.run_path(sys.argv[1])
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            verdict, said = judged(script, kind, folder)
            if verdict != kind.verdict or kind.said not in said:
                wrong += 1
                print(
                    f"{kind.name}, {kind.words}: {verdict} ({said}) where it is {kind.verdict} ({kind.said})",
                    file=sys.stderr,
                )
    if not is_table_current():
        wrong += 1
        print("readers.json tells of other kinds: scripts/readers-check --record writes it anew", file=sys.stderr)
    print(f"{len(KINDS)} kinds, {wrong} judged otherwise", file=sys.stderr)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
