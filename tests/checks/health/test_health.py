"""Room, memory and settings: on real file systems in namespaces, and on paper."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from checks.clock import ClockFact
from checks.health import CHECK, HealthFact, HeldVolume, Pressure
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.security import SecurityFact
from diag.host import MemoryUse, Volume
from diag.model import Answers, Failed, Finding, Unmeasured
from tests.namespaces import needs_root, python_in_namespace
from tests.support import NOW, PaperHost, context, findings, replay, view

MB, GB = 1_000_000, 1_000_000_000
ROOMY = Volume(size=500 * GB, free=200 * GB, files=30_000_000, files_free=29_000_000, device=1)
MOUNTS = "24 1 259:2 / / {options} shared:1 - ext4 /dev/nvme0n1p2 rw\n"
FSTAB = "# <file system> <mount point> <type> <options>\nUUID=1-2 / ext4 {options} 0 1\n"
CALM = (
    "some avg10=0.00 avg60=0.12 avg300=0.00 total=9\n"
    "full avg10=0.00 avg60=0.01 avg300=0.00 total=1\n"
)
TEMPORARY = "/tmp"  # noqa: S108 - on paper
STUCK = CALM.replace("0.12", "41.30").replace("0.01", "23.45")


def linux(
    env: dict[str, str] | None = None,
    volumes: dict[str, Any] | None = None,
    mounts: str = "rw,relatime",
    fstab: str = "errors=remount-ro",
    **more: Any,
) -> PaperHost:
    """A Linux device with one roomy volume, unless told otherwise."""
    more.setdefault("memory", MemoryUse(size=16 * GB, available=9 * GB))
    files = {
        "/proc/pressure/memory": CALM,
        "/proc/self/mountinfo": MOUNTS.format(options=mounts),
        "/etc/fstab": FSTAB.format(options=fstab),
        **more.pop("files", {}),
    }
    return replay(
        files=files,
        env={"HOME": "/home/me"} if env is None else env,
        volumes={"/": ROOMY, "/home/me": ROOMY, TEMPORARY: ROOMY, **(volumes or {})},
        **more,
    )


def judged(host: PaperHost, *facts: Any, **answers: Any) -> list[Finding]:
    fact = CHECK.collect(host, context())
    return findings(CHECK, fact, view(fact, *facts, answers=Answers(**answers), os=host.family))


def seen(host: PaperHost, *facts: Any, **answers: Any) -> dict[str, str | None]:
    return {each.code: each.severity for each in judged(host, *facts, **answers)}


def test_a_healthy_device_has_nothing_to_say() -> None:
    host = linux()
    fact = CHECK.collect(host, context())
    assert list(CHECK.judge(fact, view(fact))) == []
    assert [each.uses for each in fact.volumes] == [("system", "home", "temporary")]
    assert fact.memory() == MemoryUse(size=16 * GB, available=9 * GB)
    assert fact.remounted is False
    assert fact.uptime_s == 3600.0


def test_the_fact_survives_the_report() -> None:
    fact = CHECK.collect(linux(), context())
    assert msgspec.json.decode(msgspec.json.encode(fact), type=HealthFact) == fact


# --- on real file systems ---

LOOK = """
import json, msgspec
from checks.health import CHECK
from diag.host import real_host
from tests.support import context, findings, view
fact = CHECK.collect(real_host(), context())
found = findings(CHECK, fact, view(fact))
print(json.dumps([msgspec.to_builtins(each) for each in found if each.code.startswith("disk")]))
"""
HOME = "mkdir -p /run/home && export HOME=/run/home TMPDIR=/run/home\n"


def on_real(setup: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = json.loads(python_in_namespace(HOME + setup, LOOK))
    return said


@needs_root()
@pytest.mark.parametrize(
    ("setup", "severity", "args"),
    [
        ("mount -t tmpfs -o size=40M none /run/home", None, {}),
        (
            "mount -t tmpfs -o size=40M none /run/home; head -c 40M /dev/zero > $HOME/x || true",
            "problem",
            {"how": "full", "use": "home", "free_mb": 0, "files_left": None, "size_gb": 0.0},
        ),
        (
            "mount -t tmpfs -o size=100M none /run/home; head -c 96M /dev/zero > $HOME/x",
            "warning",
            {"how": "almost", "free_mb": 4},
        ),
        (
            "mount -t tmpfs -o size=40M,nr_inodes=200 none /run/home;"
            "for n in $(seq 198); do : > $HOME/$n; done",
            "problem",
            {"how": "files", "free_mb": None, "files_left": 1},
        ),
        (
            "mount -t tmpfs -o size=40M,nr_inodes=200 none /run/home;"
            "for n in $(seq 192); do : > $HOME/$n; done",
            "warning",
            {"how": "almost_files", "files_left": 7},
        ),
    ],
)
def test_room_on_a_real_volume(setup: str, severity: str | None, args: dict[str, Any]) -> None:
    found = on_real(setup)
    assert [(each["code"], each["severity"]) for each in found] == (
        [("disk.full", severity)] if severity else []
    )
    for each in found:
        assert args.items() <= each["args"].items()


@needs_root()
def test_a_home_that_is_mounted_read_only() -> None:
    setup = "mount -t tmpfs -o size=1M,ro none /run/home"
    found = on_real(setup)
    assert [each["code"] for each in found] == ["disk.read_only"], "no room is no matter there"
    assert found[0]["args"] == {"use": "home"}


@needs_root()
def test_room_that_is_kept_for_root_is_not_counted() -> None:
    """Of a real ext4 with a tenth set aside, root itself sees what an ordinary user may fill."""
    setup = (
        "truncate -s 64M /run/disk; mkfs.ext4 -q -m 10 /run/disk;"
        "mount -o loop /run/disk /run/home || exit 77;"
        "head -c 48M /dev/zero > $HOME/x || true"
    )
    try:
        found = on_real(setup)
    except AssertionError:
        pytest.skip("no loop devices here")
    assert [each["severity"] for each in found] == ["problem"]


RUN = """
import json, subprocess, sys
argv = [sys.executable, "-m", "diag", "run", "--only", "device.health", "--symptom", "login"]
done = subprocess.run([*argv, "--no-save", "--format", "json", "-o", "-"], capture_output=True)
report = json.loads(done.stdout)
print(json.dumps([done.returncode, report["verdict"]["where"], report["causes"][0]["code"]]))
"""


@needs_root()
def test_diag_itself_runs_where_there_is_no_room() -> None:
    full = "mount -t tmpfs -o size=1M none /run/home; head -c 2M /dev/zero > $HOME/x || true"
    assert json.loads(python_in_namespace(HOME + full, RUN)) == [1, "device", "disk.full"]


# --- on paper ---


@pytest.mark.parametrize(
    ("size", "free", "severity"),
    [
        (500 * GB, 199 * MB, "problem"),
        (500 * GB, 201 * MB, "warning"),
        (500 * GB, 999 * MB, "warning"),
        (500 * GB, 2 * GB, None),  # a small part of it, but plenty
        (8 * GB, 390 * MB, "warning"),
        (8 * GB, 450 * MB, None),
        (4000 * GB, 1001 * MB, None),
        (0, 0, None),  # a system without a size, such as composefs
    ],
)
def test_thresholds_of_room(size: int, free: int, severity: str | None) -> None:
    tight = Volume(size=size, free=free, device=2)
    found = judged(linux(volumes={"/home/me": tight}))
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_the_worst_volume_is_named() -> None:
    low = Volume(size=500 * GB, free=900 * MB, device=2)
    full = Volume(size=2 * GB, free=0, device=3)
    (found,) = judged(linux(volumes={"/home/me": low, TEMPORARY: full}))
    assert (found.severity, found.args["use"]) == ("problem", "temporary")
    assert found.args["how"] == "temporary_full"
    remedies = [each.code for each in CHECK.problems[0].remedies]
    assert remedies[:2] == ["disk.make_room", "disk.empty_temporary"]


def test_a_volume_that_nobody_writes_to_may_be_full() -> None:
    image = Volume(size=2 * GB, free=0, read_only=True, device=2)
    assert seen(linux(volumes={"/": image})) == {}


def test_volume_that_does_not_answer_is_not_known() -> None:
    hung = Failed("timeout", "ask a volume")
    fact = CHECK.collect(linux(volumes={"/home/me": hung}), context())
    assert fact.unseen == ("home",)
    assert list(CHECK.judge(fact, view(fact))) == [
        Unmeasured(code="disk.full", subject="device", reason="timeout")
    ]


def test_a_home_that_is_not_there_is_no_home() -> None:
    """As cron's or a service's own user has it."""
    gone = Failed("tool_missing", "ask a volume")
    fact = CHECK.collect(linux(volumes={"/home/me": gone}), context())
    assert fact.unseen == ()
    assert list(CHECK.judge(fact, view(fact))) == []


@pytest.mark.parametrize(
    ("mounts", "fstab", "remounted"),
    [
        ("ro,relatime", "defaults", True),
        ("ro,relatime", "errors=remount-ro", True),
        ("ro,relatime", "ro,noatime", None),  # meant to be so
        ("rw,relatime", "defaults", False),
    ],
)
def test_a_system_that_turned_read_only(mounts: str, fstab: str, remounted: bool | None) -> None:
    host = linux(mounts=mounts, fstab=fstab)
    assert CHECK.collect(host, context()).remounted is remounted
    expected = {"disk.read_only": None} if remounted else {}
    assert seen(host) == expected
    if remounted:
        assert judged(host)[0].args == {"use": "system"}


@pytest.mark.parametrize(
    "mounts",
    [
        "24 1 0:20 / / ro,relatime shared:1 - overlay overlay ro\n",
        "24 1 0:20 / / ro,relatime shared:1 - squashfs /dev/loop0 ro\n",
        "24 1 0:20 / / ro,relatime shared:1 - composefs composefs ro\n",
    ],
)
def test_systems_that_are_read_only_by_design(mounts: str) -> None:
    host = linux(files={"/proc/self/mountinfo": mounts})
    assert CHECK.collect(host, context()).remounted is None
    assert seen(host) == {}


def test_memory_under_pressure() -> None:
    host = linux(files={"/proc/pressure/memory": STUCK})
    assert CHECK.collect(host, context()).pressure == Pressure(some=41.3, full=23.45)
    (found,) = judged(host)
    assert (found.code, found.severity, found.args["stalled_percent"]) == (
        "memory.low",
        "warning",
        23,
    )
    assert seen(host, symptom="login") == {"memory.low": "warning"}
    assert seen(host, symptom="slow") == {"memory.low": "problem"}, "this is what they came for"


@pytest.mark.parametrize(
    ("size", "available", "low"),
    [(16 * GB, 400 * MB, True), (16 * GB, 600 * MB, False), (4 * GB, 250 * MB, False)],
)
def test_memory_where_no_pressure_is_told(size: int, available: int, low: bool) -> None:
    host = linux(
        files={"/proc/pressure/memory": None}, memory=MemoryUse(size=size, available=available)
    )
    assert seen(host) == ({"memory.low": "warning"} if low else {})


def test_memory_that_nobody_tells() -> None:
    host = linux(files={"/proc/pressure/memory": None}, memory=Failed("denied", "memory"))
    fact = CHECK.collect(host, context())
    assert [type(each) for each in CHECK.judge(fact, view(fact))] == [Unmeasured]


@pytest.mark.parametrize("synchronized", [True, None, False])
def test_a_clock_that_follows_nobody_is_a_note(synchronized: bool | None) -> None:
    clock = ClockFact(zone="UTC", synchronized=synchronized)
    expected = {"clock.unsynchronized": None} if synchronized is False else {}
    assert seen(linux(), clock) == expected
    assert seen(linux(), clock, SecurityFact(kind="container")) == {}, "it is the host's clock"
    problem = next(each for each in CHECK.problems if each.code == "clock.unsynchronized")
    assert problem.severity == "info"


DAY = 86_400.0


@pytest.mark.parametrize(
    ("days", "pending", "because", "overdue"),
    [
        (45, True, "kernel", True),
        (45, True, "windows", True),
        (45, True, "libraries", False),
        (45, False, None, False),
        (45, None, None, False),
        (3, True, "mark", False),
    ],
)
def test_a_restart_that_is_long_due(
    days: int, pending: bool | None, because: Any, overdue: bool
) -> None:
    system = OsFact(
        id="debian",
        version="13",
        name="Debian",
        table_date=NOW.date(),
        restart=Restart(pending=pending, because=because),
    )
    found = judged(linux(uptime_s=days * DAY), system)
    assert [(each.code, each.args["days"]) for each in found] == (
        [("device.restart_overdue", 45)] if overdue else []
    )
    assert judged(linux(uptime_s=days * DAY)) == [], "nothing is known to wait"


@pytest.mark.parametrize(
    ("env", "dirs", "listed", "missing"),
    [
        ({"LANG": "ja_JP.UTF-8"}, [], "C\nC.utf8\nPOSIX\n", "ja_JP.UTF-8"),
        ({"LANG": "ja_JP.UTF-8"}, [], "C\nC.utf8\nja_JP.utf8\nPOSIX\n", None),
        ({"LANG": "ja_JP.UTF-8"}, ["C.utf8", "ja_JP.utf8"], None, None),
        ({"LANG": "de_DE@euro"}, [], "C\nde_DE@euro\n", None),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, [], None, None),
        ({"LANG": "ja_JP.UTF-8", "LC_CTYPE": "C.UTF-8"}, [], "C\nC.utf8\n", "ja_JP.UTF-8"),
        ({"LANG": "C"}, [], None, None),
        ({"LANG": "POSIX"}, [], None, None),
        ({"LANG": ""}, [], None, None),
        ({"LANG": "/nix/store/locale"}, [], None, None),
        ({"LANG": "xx_YY.UTF-8"}, [], "", None),  # no list, no word
    ],
)
def test_language_that_is_not_installed(
    env: dict[str, str], dirs: list[str], listed: str | None, missing: str | None
) -> None:
    commands = {} if listed is None else {("locale", "-a"): listed}
    host = linux(env={"HOME": "/home/me", **env}, dirs={"/usr/lib/locale": dirs}, commands=commands)
    assert CHECK.collect(host, context()).locale_missing == missing
    assert seen(host) == ({"locale.missing": None} if missing else {})


@needs_root()
def test_language_on_this_machine() -> None:
    code = (
        "from checks.health.language import missing_locale\nfrom diag.host import real_host\n"
        "print(missing_locale(real_host()))"
    )
    assert python_in_namespace("export LANG=xx_YY.UTF-8; unset LC_ALL LC_CTYPE", code) == (
        "xx_YY.UTF-8\n"
    )
    assert python_in_namespace("export LANG=C.UTF-8; unset LC_ALL LC_CTYPE", code) == "None\n"


# --- other systems ---


def test_windows() -> None:
    host = replay(
        os="windows",
        env={"SystemDrive": "C:", "USERPROFILE": r"D:\Users\me", "TEMP": r"D:\Temp"},
        volumes={
            "C:\\": Volume(size=256 * GB, free=80 * GB, device=1),
            r"D:\Users\me": Volume(size=1000 * GB, free=100 * MB, device=2),
            r"D:\Temp": Volume(size=1000 * GB, free=100 * MB, device=2),
        },
        memory=MemoryUse(size=8 * GB, available=3 * GB),
    )
    (found,) = judged(host)
    assert (found.code, found.severity) == ("disk.full", "problem")
    assert (found.args["uses"], found.args["free_mb"]) == (["home", "temporary"], 100)


def test_macos_asks_the_volume_with_the_data() -> None:
    data = Volume(size=494 * GB, free=120 * GB, device=4)
    host = replay(
        os="macos",
        env={"HOME": "/Users/me", "TMPDIR": "/var/folders/x/T/"},
        volumes={"/System/Volumes/Data": data, "/Users/me": data, "/var/folders/x/T/": data},
        memory=MemoryUse(size=16 * GB, available=5 * GB),
    )
    fact = CHECK.collect(host, context())
    assert fact.volumes == (HeldVolume.of(("system", "home", "temporary"), data),)
    assert list(CHECK.judge(fact, view(fact, os="macos"))) == []
