"""Reads a document of buildbox on standard input and prints NAME=VALUE lines for scripts/vm/guest.

Usage: facts.py result|doctor
What follows the document is what the build left behind: the value of `left`.
"""

import json
import sys


def of_result(document):
    reason = document.get("reason") or {}
    used = document["resources"]
    sandbox = document["sandbox"]
    return {
        "exit": document["exit_code"],
        "status": document["status"],
        "message": reason.get("message", ""),
        "limit": (reason.get("limit") or {}).get("name", ""),
        "observed": reason.get("observed", ""),
        "artifacts": len(document["artifacts"]),
        "memory": used["memory_peak_bytes"],
        "pids": used["pids_peak"],
        "cpu": used["cpu_ms"],
        "wall": used["wall_ms"],
        "staging": sandbox.get("staging", ""),
        "layers": ",".join(sorted(sandbox["layers"])),
        "missing": ",".join(sorted(sandbox["missing"])),
    }


def of_doctor(document):
    facts = {"full": "yes" if document["full_strength"] else "no"}
    faulty = [finding for finding in document["findings"] if finding["required"] and finding["state"] != "good"]
    facts["lacking"] = ",".join(finding["name"] for finding in faulty)
    for finding in faulty:
        facts[f"cause-{finding['name']}"] = finding.get("cause", "")
        facts[f"remedy-{finding['name']}"] = finding.get("remedy", "")
    return facts


def main():
    text = sys.stdin.read()
    document, end = json.JSONDecoder().raw_decode(text)
    facts = {"result": of_result, "doctor": of_doctor}[sys.argv[1]](document)
    facts["left"] = "; ".join(text[end:].split("\n")).strip("; ")
    for name, value in facts.items():
        print(f"{name}={' '.join(str(value).split())}")


if __name__ == "__main__":
    main()
