"""Whether profile.schema.json takes good profiles and refuses broken ones.

Usage: check_schema.py SITE REPOSITORY, SITE being a folder with jsonschema in it. The reader's side
of the same files is checked by ProfileFileTests.
"""

import json
import pathlib
import sys


def main(site, repository):
    sys.path.insert(0, site)
    import jsonschema

    profiles = pathlib.Path(repository, "sandbox-profiles")
    examples = pathlib.Path(repository, "Tests/Profiles")
    schema = json.loads((profiles / "profile.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good = [file for file in profiles.glob("*.json") if file.name != "profile.schema.json"]
    good += (examples / "good").glob("*.json")
    broken = list((examples / "form").glob("*.json"))
    wrong = []
    for file in good:
        for error in validator.iter_errors(json.loads(file.read_text())):
            wrong.append(f"{file}: is good, but the schema says: {error.json_path}: {error.message}")
    for file in broken:
        if validator.is_valid(json.loads(file.read_text())):
            wrong.append(f"{file}: is broken, but the schema takes it")
    if len(good) < 5 or len(broken) < 20:
        wrong.append(f"only {len(good)} good and {len(broken)} broken profiles were found")
    print("\n".join(wrong) or f"{len(good)} good profiles taken, {len(broken)} broken ones refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
