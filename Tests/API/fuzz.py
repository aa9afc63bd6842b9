"""schemathesis against the running service: no 5xx, and no answer that is not in the document.

Usage: fuzz.py [--examples N] [--seed N]. Three times: open to this host, with a token, and without the one it takes.
"""

import argparse
import contextlib
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import service as services

CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance",
]
# A request that would wait makes the run long and finds nothing. Full queues are refusals, and 503 among them.
CONFIGURATION = """
[parameters]
"header.Prefer" = "wait=1"
"""


def run(service, examples, seed, token=None):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "schemathesis.toml").write_text(CONFIGURATION)
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", str(services.REPOSITORY / "Sources/HTTPAPI/openapi.json"),
            "--url", service.url, "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
            "--max-examples", str(examples), "--seed", str(seed), "--request-timeout", "20", "--no-color",
            "--suppress-health-check", "all", "--generation-database", "none", "--warnings", "off",
        ]
        command += ["--header", f"Authorization: Bearer {token}"] if token else []
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ)
        if done.returncode != 0:
            print(done.stdout[-20_000:], done.stderr[-4000:], sep="\n")
        return done.returncode, [line for line in done.stdout.splitlines() if "generated" in line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    failed = False
    with contextlib.ExitStack() as stack:
        for name, flags in (("open", []), ("with a token", []), ("without a token", ["--require-tokens"])):
            home = stack.enter_context(tempfile.TemporaryDirectory())
            token = services.make_token(home, "fuzz", "build,read,admin") if name == "with a token" else None
            service = services.Service(home, *flags)
            stack.callback(service.kill)
            status, told = run(service, options.examples, options.seed, token)
            alive = service.process.poll() is None
            print(f"{name}: {'nothing found' if status == 0 and alive else 'FAILED'}", *told)
            failed = failed or status != 0 or not alive
            if not alive:
                print(service.log[-20_000:])
            service.kill()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
