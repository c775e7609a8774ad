"""What the device family says of the Linux it runs on, against the distribution's own tools, as the
user of these tests and as nobody. Package managers have tests of their own (`os/test_apt.py`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
NOBODY = 65534

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")

# All is looked at twice: the interpreter may lie where only root can read, and by the second time
# everything is loaded.
LOOK = f"""
import os, sys
import msgspec
from checks.device import CHECK as device
from checks.firewall import CHECK as firewall
from checks.health import CHECK as health
from checks.os import CHECK as system
from checks.security import CHECK as security
from diag.host import real_host
from tests.support import context
CHECKS = (system, device, security, firewall, health)
def look():
    return {{each.name: each.collect(real_host(), context(seconds=20)) for each in CHECKS}}
found = look()
if sys.argv[1] == "nobody":
    os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
    os.environ["HOME"] = "/"
    found = look()
print(msgspec.json.encode(found).decode())
"""


@pytest.fixture(scope="module", params=["myself", "nobody"])
def found(request: pytest.FixtureRequest) -> Any:
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    done = subprocess.run(
        [sys.executable, "-c", LOOK, request.param],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    return msgspec.json.decode(done.stdout)


def said(*command: str) -> list[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} here")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    return done.stdout.splitlines()


def system_volume(found: Any) -> Any:
    (volume,) = [each for each in found["device.health"]["volumes"] if "system" in each["uses"]]
    return volume


def test_release_and_kernel(found: Any) -> None:
    (name,) = said("sh", "-c", ". /etc/os-release && echo $PRETTY_NAME")
    assert found["os"]["name"] == found["device"]["os_name"] == name
    assert found["os"]["restart"]["running"] == said("uname", "-r")[0]


def test_restart_that_waits(found: Any) -> None:
    """Without a kernel of the distribution's (a container, a test machine) it is not known."""
    kernels = said("sh", "-c", "ls -d /boot/vmlinuz-* 2>/dev/null")
    pending = found["os"]["restart"]["pending"]
    if Path("/run/reboot-required").exists():
        assert pending is True
    elif not kernels:
        assert pending is not True


def test_room(found: Any) -> None:
    volume = system_volume(found)
    _, numbers = said("df", "-B1", "--output=size,avail,itotal,iavail", "/")
    size, free, files, files_free = map(int, numbers.split())
    assert (volume["size"], volume["files"]) == (size, files or None)
    assert volume["free"] == pytest.approx(free, abs=1_000_000_000)
    if files:
        assert volume["files_free"] == pytest.approx(files_free, abs=100_000)
    (options,) = said("findmnt", "-no", "OPTIONS", "/")
    assert volume["read_only"] is ("ro" in options.split(","))


def test_memory(found: Any) -> None:
    numbers = next(line for line in said("free", "-b") if line.startswith("Mem:")).split()
    health = found["device.health"]
    assert health["memory_size"] == int(numbers[1])
    assert health["memory_available"] == pytest.approx(int(numbers[6]), abs=4_000_000_000)


def test_time_since_the_start(found: Any) -> None:
    seconds = float(said("cat", "/proc/uptime")[0].split()[0])
    for name in ("device", "device.health"):
        assert found[name]["uptime_s"] == pytest.approx(seconds, abs=60)


def test_container(found: Any) -> None:
    (kind,) = said("systemd-detect-virt", "--container")
    if kind != "none":
        assert found["device.security"]["kind"] == "container"


def test_encryption(found: Any) -> None:
    """Where the root stands on a device of its own, and is known: lsblk names every layer below."""
    encrypted = found["device.security"]["encrypted"]
    (source,) = said("findmnt", "-no", "SOURCE", "/")
    if encrypted is None or not source.startswith("/dev/"):
        return
    layers = said("lsblk", "-sno", "TYPE", source.partition("[")[0])
    assert encrypted is ("crypt" in " ".join(layers).split())


def test_language(found: Any) -> None:
    """None where the one that programs are started with is installed."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"
    if wanted.casefold().startswith(("c", "posix")):
        assert found["device.health"]["locale_missing"] is None


def test_firewall(found: Any) -> None:
    conf = Path("/etc/ufw/ufw.conf")
    if conf.exists():
        assert found["device.firewall"]["on"] is ("ENABLED=yes" in conf.read_text(encoding="utf-8"))
