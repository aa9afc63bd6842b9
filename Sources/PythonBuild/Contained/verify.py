"""Check built artifacts as data: nothing in them is run, extracted or trusted.

Usage: verify.py FOLDER OPTIONS_JSON
Writes {"artifacts": [{"name", "kind", "project", "version", "requires", "requires_python", "extras"}], "remarks": []}
or {"error": {"artifact", "message"}} to descriptor 3. Remarks tell what installers may stumble over, without harm.
Sources: PEP 427 and PEP 491 (wheels), PEP 376 (RECORD), PEP 625 (sdists), entry points specification.
"""

import base64
import csv
import hashlib
import io
import json
import os
import re
import sys

# Beside the interpreter's own: a module of buildbox's must not stand in for one of the standard library's.
sys.path.append("/buildbox/modules")
import coremetadata  # noqa: E402
import sdistreader  # noqa: E402
import zipreader  # noqa: E402
from zipreader import CONTROLS, Fault  # noqa: E402

LARGEST_KEPT = 32 << 20  # bytes of the files of .dist-info, or of PKG-INFO, which are held in memory
MOST_REMARKS, LONGEST_REMARK = 20, 400
SIGNATURES = {"RECORD", "RECORD.jws", "RECORD.p7s"}
READ = {"METADATA", "WHEEL", "RECORD", "entry_points.txt"}
DIGESTS = {"sha256", "sha384", "sha512"}
SCHEMES = {"purelib", "platlib", "headers", "scripts", "data"}
SCRIPTS = ("console_scripts", "gui_scripts")
INTERPRETER = re.compile(r"(?:python|pypy)[0-9.]*[dtw]*(?:\.exe)?", re.IGNORECASE)
OBJECT = re.compile(r"\w+(?:\.\w+)*\s*:\s*\w+(?:\.\w+)*\s*(?:\[[^\[\]]*\])?")


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def check_claim(claimed, told, what, where):
    if claimed != told:
        raise Fault(f"the file name says {what} {claimed!r}, but {where} says {told!r}")


def check_version(claimed, told, where):
    if claimed != told:
        check_claim(canonical_version(claimed), canonical_version(told), "version", where)


def canonical_version(version):
    coremetadata.show_frontend()
    from packaging.version import Version

    try:
        return str(Version(version))
    except ValueError:  # InvalidVersion is one; so is a number of thousands of digits.
        return version


def read_record(record, record_path):
    """{path: (algorithm, digest)}."""
    try:
        rows = list(csv.reader(io.StringIO(record.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Fault(f"{record_path} is not a UTF-8 CSV file: {error}") from None
    listed = {}
    for row in rows:
        if len(row) != 3:
            raise Fault(f"{record_path} has a row of {len(row)} fields")
        if row[0] in listed:
            raise Fault(f"{record_path} lists {row[0]!r} twice")
        algorithm, _, value = row[1].partition("=")
        listed[row[0]] = algorithm, value.rstrip("=")
    return listed


def check_digests(file, members, kept, listed, record_path, budget):
    folder = record_path.rsplit("/", 1)[0]
    exempt = {f"{folder}/{name}" for name in SIGNATURES}
    files = set()
    for member in members:
        if member.is_folder:
            continue
        path = member.name
        files.add(path)
        parts = [kept[path]] if path in kept else zipreader.content(file, member, budget)
        if path in exempt:
            for _ in parts:
                pass
            continue
        if path not in listed:
            raise Fault(f"{record_path} does not list {path!r}")
        algorithm, told = listed[path]
        if algorithm not in DIGESTS:
            raise Fault(f"{record_path} has no sha256 digest of {path!r}, and none that is as strong")
        digest = hashlib.new(algorithm)
        for part in parts:
            digest.update(part)
        if base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=") != told:
            raise Fault(f"{path!r} does not have the digest that {record_path} lists")
    for path in listed:
        if path not in files:
            raise Fault(f"{record_path} lists {path!r}, which is not in the wheel")


def verify_wheel(path, name, budget, remarks=None):
    claimed_project, claimed_version = name[: -len(".whl")].split("-")[:2]
    claimed_version = claimed_version.replace("_", "-")
    try:
        with open(path, "rb") as file:
            members = zipreader.members(file)
            folder = information_folder(members)
            kept = read_information(file, members, folder, budget)
            record_path = f"{folder}/RECORD"
            listed = read_record(kept[record_path], record_path)
            check_digests(file, members, kept, listed, record_path, budget)
    except OSError as error:
        raise Fault(f"it cannot be read as a zip archive: {error}") from None
    project, version, wanted = coremetadata.metadata(kept[f"{folder}/METADATA"], f"{folder}/METADATA")
    check_claim(normalized(claimed_project), normalized(project), "project", "METADATA")
    check_version(claimed_version, version, "METADATA")
    check_folder(folder, claimed_project, claimed_version)
    check_wheel_version(coremetadata.headers(kept[f"{folder}/WHEEL"], f"{folder}/WHEEL"), f"{folder}/WHEEL")
    scripts = entry_points(kept.get(f"{folder}/entry_points.txt", b""))
    check_installed(members, folder, scripts, [] if remarks is None else remarks)
    return project, version, wanted


def information_folder(members):
    tops = {top for top in (member.name.split("/")[0] for member in members) if is_information(top)}
    if len(tops) != 1:
        raise Fault(f"it has {len(tops)} .dist-info folders where it should have one")
    return tops.pop()


def check_folder(folder, claimed_project, claimed_version):
    stem, _, ending = folder.rpartition(".")
    project, dash, version = stem.partition("-")
    if ending != "dist-info" or not dash:
        raise Fault(f"the folder {folder!r} is not named as a .dist-info folder is")
    check_claim(normalized(claimed_project), normalized(project), "project", folder)
    check_version(claimed_version, version.replace("_", "-"), folder)


def is_information(name):
    return name.lower().endswith(".dist-info")


def read_information(file, members, folder, budget):
    """{path: bytes} of the files that installers read before they install."""
    kept = {}
    spellings = {name.lower(): name for name in READ}
    for member in members:
        if not member.name.startswith(f"{folder}/"):
            continue
        name = member.name[len(folder) + 1 :]
        wanted = spellings.get(name.lower().removesuffix("/"))
        if wanted is None:
            continue
        if name != wanted:
            raise Fault(f"it has {member.name!r} where {wanted} is meant")
        if member.size > LARGEST_KEPT:
            raise Fault("the members are larger than the limit on unpacked bytes")
        kept[member.name] = b"".join(zipreader.content(file, member, budget))
    for required in ("METADATA", "WHEEL", "RECORD"):
        if f"{folder}/{required}" not in kept:
            raise Fault(f"it has no {folder}/{required}")
    return kept


def check_wheel_version(found, where):
    version = found.get("wheel-version", [""])[0]
    if not re.fullmatch(r"1\.[0-9]{1,4}", version):
        raise Fault(f"{where} has a Wheel-Version that installers do not know: {version!r}")


def entry_points(data):
    """The names of the scripts that installers write for entry points."""
    try:
        lines = re.split("\r\n|\n", data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Fault("entry_points.txt is not UTF-8") from None
    names, section = set(), ""
    for line in lines:
        text = line.strip(" \t")
        if not text or text.startswith(("#", ";")):
            continue
        if CONTROLS.search(text.replace("\t", " ")):
            raise Fault(f"entry_points.txt has a line with control characters: {text[:80]!r}")
        if text.startswith("["):
            section = text[1:-1]
            if not text.endswith("]") or section.lower() in SCRIPTS and section not in SCRIPTS:
                raise Fault(f"entry_points.txt has a section that readers do not read alike: {text[:80]!r}")
            continue
        if section not in SCRIPTS:
            continue
        if line != line.lstrip(" \t"):
            raise Fault(f"entry_points.txt continues a script on a further line: {text[:80]!r}")
        name, _, value = (part.strip() for part in text.partition("="))
        if not OBJECT.fullmatch(value):
            raise Fault(f"the script {name!r} does not lead to an object: {value[:80]!r}")
        check_script(name)
        if name in names:
            raise Fault(f"entry_points.txt has the script {name!r} twice")
        names.add(name)
    return names


def check_script(name):
    if not name or name in (".", "..") or "/" in name or "\\" in name or ":" in name:
        raise Fault(f"the script {name!r} is not named as a file is")
    if INTERPRETER.fullmatch(name):
        raise Fault(f"the script {name!r} is named as an interpreter is")


def check_installed(members, folder, scripts, remarks):
    """Where installers put the members: nothing may replace something else there."""
    data = f"{folder.removesuffix('.dist-info')}.data"
    places, folded = {}, {}
    for member in members:
        parts = member.name.removesuffix("/").split("/")
        place = member.name
        if parts[0].lower().endswith(".data") and (len(parts) > 1 or member.is_folder):
            if parts[0] != data:
                raise Fault(f"the folder {parts[0]!r} is not named {data!r}")
            place = data_place(member, parts, remarks)
        elif parts[0].lower().endswith(".egg-info"):
            remarks.append(f"some readers take {member.name!r} for a second account of what is installed")
        if member.is_folder or place is None:
            continue
        if place in places:
            raise Fault(f"{member.name!r} and {places[place]!r} are installed to one place")
        places[place] = member.name
        other = folded.setdefault(place.casefold(), member.name)
        if other != member.name:
            remarks.append(f"{member.name!r} and {other!r} differ only in case: some systems keep one of them")
    for script in scripts:
        if f"scripts:{script}" in places:
            raise Fault(f"it has the script {script!r} both as an entry point and as a file")


def data_place(member, parts, remarks):
    if len(parts) < 2 or len(parts) == 2 and not member.is_folder or parts[1] not in SCHEMES:
        if len(parts) < 2:
            return None
        raise Fault(f"the member {member.name!r} lies in no scheme of installation")
    scheme, rest = parts[1], parts[2:]
    if not rest:
        return None
    if scheme in ("purelib", "platlib"):
        if is_information(rest[0]):
            raise Fault(f"the member {member.name!r} makes a second .dist-info folder")
        return "/".join(rest)
    if scheme == "scripts" and not member.is_folder:
        if len(rest) > 1:
            remarks.append(f"the script {member.name!r} lies in a folder: some installers refuse it")
        check_script(rest[-1])
    if scheme == "data":
        if rest[0].lower() in ("bin", "scripts") and len(rest) == 2 and not member.is_folder:
            check_script(rest[1])
            return f"scripts:{rest[1]}"
        if any(is_information(part) for part in rest):
            raise Fault(f"the member {member.name!r} makes a second .dist-info folder")
    return f"{scheme}:{'/'.join(rest)}"


def verify_sdist(path, name, budget, remarks=None):
    stem = name[: -len(".tar.gz")]
    claimed_project, _, claimed_version = stem.rpartition("-")
    with open(path, "rb") as file:
        information = sdistreader.information(file, stem, budget, [] if remarks is None else remarks)
    project, version, wanted = coremetadata.metadata(information, "PKG-INFO")
    check_claim(normalized(claimed_project), normalized(project), "project", "PKG-INFO")
    check_version(claimed_version, version, "PKG-INFO")
    return project, version, wanted


def identity(artifact):
    return normalized(artifact["project"]), canonical_version(artifact["version"])


def check_wanted(wanted, said, names_only):
    """What other builds resolve by is refused where it is more than names; what a project says of its own is told."""
    for complaint in coremetadata.complaints(wanted, names_only):
        if names_only:
            raise Fault(complaint)
        said.append(complaint)


def main():
    folder, options = sys.argv[1], json.loads(sys.argv[2])
    budget = [options["unpacked_bytes"]]
    artifacts, remarks, answer = [], [], None
    for name in sorted(os.listdir(folder)):
        kind, verify = ("wheel", verify_wheel) if name.endswith(".whl") else ("sdist", verify_sdist)
        try:
            said = []
            project, version, wanted = verify(os.path.join(folder, name), name, budget, said)
            check_wanted(wanted, said, names_only=options.get("expected") is not None)
        except Fault as fault:
            answer = {"error": {"artifact": name, "message": str(fault)}}
            break
        artifacts.append({"name": name, "kind": kind, "project": project, "version": version, **wanted})
        if len(said) > MOST_REMARKS:
            said[MOST_REMARKS:] = [f"{len(said) - MOST_REMARKS} further remarks"]
        remarks += [f"{name}: {remark[:LONGEST_REMARK]}" for remark in said]
    expected = options.get("expected")
    for artifact in artifacts:
        if expected is not None and answer is None and identity(artifact) != identity(expected):
            found, wanted = (f"{it['project']} {it['version']}" for it in (artifact, expected))
            message = f"it is {found}, not {wanted}"
            answer = {"error": {"artifact": artifact["name"], "message": message}}
    versions = {artifact["version"] for artifact in artifacts}
    if len(versions) > 1:
        versions = {canonical_version(version) for version in versions}
    if answer is None and len(versions) > 1:
        message = f"its version is another than its fellow's: {', '.join(sorted(versions))}"
        answer = {"error": {"artifact": artifacts[-1]["name"], "message": message}}
    with open(3, "w", encoding="utf-8") as report:
        json.dump(answer or {"artifacts": artifacts, "remarks": remarks}, report)


if __name__ == "__main__":
    main()
