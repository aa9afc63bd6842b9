"""Vectors in an archive of a project folder, in each form that buildbox takes."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from bench import TWIN, Bench
from leftovers import Leftovers
from packed import ATTACKS, FORMS, TARS, Attack, Member, hard_link, link, pack, project, scatter, special
from run import Run
from verdict import Vector, Verdict, failed, judge, require, skipped

LIMITS = ("-w", "--disk", "64MiB")
SECRET = "a secret that an archive wants"
FAILED, STOPPED = 1, 3


def vectors(bench: Bench) -> list[Vector]:
    return [
        Vector("archives/write-absolute", outside(written, lambda mark, _: [Member(str(mark), b"out")])),
        Vector("archives/write-climbing", outside(written, climb)),
        Vector("archives/write-through-link", outside(written, through_link)),
        Vector("archives/read-by-link", outside(read, lambda secret, _: [link("src/secret.txt", str(secret))])),
        Vector(
            "archives/read-by-hard-link",
            outside(read, lambda secret, _: [hard_link("src/secret.txt", str(secret))], TARS),
        ),
        Vector("archives/make-device", outside(made, lambda *_: [special("src/special", stat.S_IFCHR)]), ("root",)),
        Vector("archives/make-fifo", outside(made, lambda *_: [special("src/special", stat.S_IFIFO)])),
        *(Vector(f"archives/refused-{name}", refused(attack)) for name, attack in ATTACKS.items()),
    ]


def good(bench: Bench) -> list[Member]:
    return project(bench.projects / TWIN)


def build(bench: Bench, archive: bytes, form: str) -> Run:
    path = bench.room("archive") / f"project.{form}"
    path.write_bytes(archive)
    bench.user.own(path)
    return bench.build(path, *LIMITS)


def twin(bench: Bench, form: str) -> None:
    """The control of all: without the hostile member the archive is built."""

    def build_it() -> None:
        run = build(bench, pack(good(bench), form), form)
        require(run.code == 0 and run.delivered(), f"the harmless .{form} is not built: {run.last_words}")

    bench.once(f"twin project.{form}", build_it)


def refused(attack: Attack) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        faults, words = [], []
        for form in attack.forms:
            twin(bench, form)
            run = build(bench, attack.make(good(bench), form), form)
            faults += [f".{form}: {fault}" for fault in Leftovers.of(run).faults]
            if run.code == 0:
                faults.append(f".{form} was built in {run.seconds:.1f} s")
            reason = (run.document.get("reason") or {}).get("message", "")
            limited = run.code == STOPPED and run.limit_hit is not None
            if not faults and (attack.says.lower() not in reason.lower() or not (run.code == FAILED or limited)):
                return failed(f"unexpected for .{form}: {run.last_words}")
            words.append(f".{form}: {reason}")
        return judge(faults, "; ".join(words))

    return attempt


Check = Callable[[Bench, Path, Path], bool]


def outside(
    check: Check, make: Callable[[Path, Bench], list[Member]], forms: tuple[str, ...] = FORMS
) -> Callable[[Bench], Verdict]:
    """A tool that believes the members does what they want, outside; buildbox does not, in any form."""

    def attempt(bench: Bench) -> Verdict:
        place = bench.room("marks", 0o777) / "mark"
        if check is read:
            bench.write(place, SECRET)
        target = bench.room("scattered")
        members = make(place, bench)
        try:
            scatter(members, target)
        except PermissionError as error:
            return skipped(f"outside, careless unpacking may not do it either: {error}")
        require(check(bench, place, target), "outside, careless unpacking does nothing either")
        if check is written:
            place.unlink()
        faults, words = [], []
        for form in forms:
            twin(bench, form)
            run = build(bench, pack([*good(bench), *members], form), form)
            faults += Leftovers.of(run).faults + run.odd_deliveries(bench.user.number)
            if run.code == 0 or (check is written and place.exists()):
                faults.append(f".{form} got through")
            if not faults and run.code != FAILED:
                return failed(f"unexpected for .{form}: {run.last_words}")
            words.append(f".{form}: {run.last_words}")
        return judge(faults, "careless tools do it; " + "; ".join(words))

    return attempt


def written(_: Bench, mark: Path, __: Path) -> bool:
    return mark.exists()


def read(_: Bench, __: Path, target: Path) -> bool:
    return (target / "src/secret.txt").read_text(encoding="utf-8") == SECRET


def made(_: Bench, __: Path, target: Path) -> bool:
    return not stat.S_ISREG((target / "src/special").stat().st_mode)


def climb(mark: Path, _: Bench) -> list[Member]:
    return [Member(f"src/{'../' * 20}{str(mark).lstrip('/')}", b"out")]


def through_link(mark: Path, _: Bench) -> list[Member]:
    return [link("link", str(mark.parent)), Member(f"link/{mark.name}", b"out")]
