"""Read the headers of METADATA, PKG-INFO and WHEEL where all their readers read them alike.

A module of verify.py, not a program. Readers differ in what continues a line, in which of two headers counts, and in
whether encoded words are decoded; the headers that installers go by have none of these.
Sources: core metadata specifications, PEP 508, PEP 440.
"""

import re
import sys

from zipreader import Fault

MOST_VALUES = 4096
LONGEST_VALUE = 8192
ONCE = {"name", "version", "metadata-version", "requires-python", "wheel-version", "root-is-purelib"}
SEVERAL = {"requires-dist", "provides-extra", "tag"}
KEY = re.compile(rb"[A-Za-z0-9_-]+")
ENCODED_WORD = re.compile(r"=\?[^?]*\?[bBqQ]\?")
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
EXTRA = re.compile(NAME)
NUMBER = r"[0-9]+(?:\.[0-9]+)*"
ONE = rf"(?:(?:<=|>=|<|>)\s*{NUMBER}|(?:==|!=)\s*{NUMBER}(?:\.\*)?|~=\s*[0-9]+(?:\.[0-9]+)+)"
SET = rf"{ONE}(?:\s*,\s*{ONE})*"
VARIABLE = (
    "(?:python_version|python_full_version|os_name|sys_platform|platform_system|platform_machine|extra"
    "|platform_python_implementation|implementation_name)"
)
TERM = rf"{VARIABLE}\s*(?:==|!=|<=|>=|<|>)\s*(?:\"[A-Za-z0-9._-]+\"|'[A-Za-z0-9._-]+')"
# Requirements and specifier sets that need no parser to be known for good: loading one takes longer than all the rest.
PLAIN_SET = SET
PLAIN = (
    rf"{NAME}\s*(?:\[\s*{NAME}(?:\s*,\s*{NAME})*\s*\])?\s*(?:{SET}|\(\s*{SET}\s*\))?"
    rf"(?:\s*;\s*{TERM}(?:\s+(?:and|or)\s+{TERM})*)?"
)


def headers(data, where):
    """{key in lower case: values} of the headers that installers go by."""
    found = {}
    last = None
    for line in lines(data, where):
        if line[:1] in (b" ", b"\t"):
            # Licences and descriptions have such lines; nobody installs by these.
            if last is None or last in ONCE or last in SEVERAL:
                raise Fault(f"{where} continues {last or 'nothing'} on a further line")
            continue
        key, colon, value = line.partition(b":")
        if not colon or not KEY.fullmatch(key):
            raise Fault(f"{where} has a line that is no header: {line[:80]!r}")
        last = key.decode().lower()
        if last not in ONCE and last not in SEVERAL:
            continue
        values = found.setdefault(last, [])
        if values and last in ONCE:
            raise Fault(f"{where} has {key.decode()} twice")
        values.append(text(value, key.decode(), where))
        if len(values) > MOST_VALUES:
            raise Fault(f"{where} has {key.decode()} more than {MOST_VALUES} times")
    return found


def lines(data, where):
    start = 0
    while start < len(data):
        stop = data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        line = data[start:stop].removesuffix(b"\r")
        if not line:
            return
        if b"\r" in line or b"\0" in line:
            raise Fault(f"{where} has a header with a carriage return or a zero byte inside")
        yield line
        start = stop + 1


def text(value, key, where):
    if len(value) > LONGEST_VALUE:
        raise Fault(f"{where} has a {key} of more than {LONGEST_VALUE} bytes")
    try:
        value = value.strip(b" \t").decode("utf-8")
    except UnicodeDecodeError:
        raise Fault(f"{where} has a {key} that is not UTF-8") from None
    if not value.isprintable() or ENCODED_WORD.search(value):
        raise Fault(f"{where} has a {key} that readers do not read alike: {value[:80]!r}")
    return value


def metadata(data, where):
    """Project, version, and what installers ask of METADATA or PKG-INFO beside them."""
    found = headers(data, where)
    name, version = (found.get(key, [""])[0] for key in ("name", "version"))
    if not name or not version:
        raise Fault(f"{where} has no Name or no Version")
    if not name.isascii() or not version.isascii():
        raise Fault(f"{where} has a Name or a Version that is not ASCII")
    wanted = {
        "requires": found.get("requires-dist", []),
        "requires_python": found.get("requires-python", [None])[0],
        "extras": found.get("provides-extra", []),
    }
    return name, version, wanted


def complaints(wanted, names_only):
    """Why a requirement is none. With `names_only` a requirement that leads to an address or a path is none either."""
    for value in wanted["requires"]:
        if is_plain(value, PLAIN):
            continue
        reason = broken_requirement(value, names_only)
        if reason:
            yield f"Requires-Dist {value[:200]!r} {reason}"
    python = wanted["requires_python"]
    if python and not is_plain(python, PLAIN_SET) and not is_specifier_set(python):
        yield f"Requires-Python {python[:200]!r} is not a set of version specifiers"
    for value in wanted["extras"]:
        if not EXTRA.fullmatch(value):
            yield f"Provides-Extra {value[:200]!r} is not the name of an extra"


def is_plain(value, pattern):
    """Of bounded length and without runs of spaces: the patterns would go back over those again and again."""
    return len(value) < 1000 and "  " not in value and re.fullmatch(pattern, value)


def broken_requirement(value, names_only):
    show_frontend()
    from packaging.requirements import Requirement

    try:
        requirement = Requirement(value)
    except (ValueError, RecursionError):  # InvalidRequirement is one; so is a number of thousands of digits.
        return "is not a requirement"
    if requirement.url and names_only:
        return "names an address, not only a project"
    return None


def show_frontend():
    if "/frontend" not in sys.path:
        sys.path.insert(0, "/frontend")


def is_specifier_set(value):
    show_frontend()
    from packaging.specifiers import SpecifierSet

    try:
        SpecifierSet(value)
    except ValueError:
        return False
    return True
