"""Build checks/os/end_of_life.json from a checkout of endoflife.date's repository.

    git clone https://github.com/endoflife-date/endoflife.date
    python scripts/end_of_life.py endoflife.date > checks/os/end_of_life.json

The data are under the MIT licence, copyright endoflife.date contributors. The table's date is that
of the checkout's last commit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import yaml

PRODUCTS = {
    "almalinux": "almalinux",
    "alpine-linux": "alpine",
    "amazon-linux": "amzn",
    "centos-stream": "centos",
    "debian": "debian",
    "devuan": "devuan",
    "fedora": "fedora",
    "linuxmint": "linuxmint",
    "macos": "macos",
    "opensuse": "opensuse-leap",
    "oracle-linux": "ol",
    "pop-os": "pop",
    "rhel": "rhel",
    "rocky-linux": "rocky",
    "sles": "sles",
    "ubuntu": "ubuntu",
    "windows": "windows",
}
"""Products there, and their ids here: ID of os-release(5), or the family."""

EXTENSION_IS_FREE = {"debian"}
"""Debian LTS comes to everyone over the ordinary security archive."""

OLDEST = date(2015, 1, 1)
"""What ended before is left out: Mint 6 must not be taken for something of today."""


def releases(text: str, extension_is_free: bool) -> Iterator[tuple[str, dict[str, str]]]:
    for release in yaml.safe_load(text.split("\n---", 1)[0])["releases"]:
        ends, extended = release.get("eol"), release.get("eoes")
        if extension_is_free and isinstance(extended, date):
            ends, extended = extended, None
        if ends is True or (isinstance(ends, date) and ends < OLDEST):
            continue
        life = {}
        if isinstance(ends, date):
            life["ends"] = ends.isoformat()
        if isinstance(ends, date) and isinstance(extended, date) and extended > ends:
            life["extended"] = extended.isoformat()
        yield str(release["releaseCycle"]).lower(), life


def main(checkout: str) -> None:
    def git(*args: str) -> str:
        command = ("git", "-C", checkout, *args)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    systems = {
        system: dict(
            releases(git("show", f"HEAD:products/{product}.md"), system in EXTENSION_IS_FREE)
        )
        for product, system in PRODUCTS.items()
    }
    table = {
        "date": git("log", "-1", "--format=%cs").strip(),
        "source": "https://endoflife.date (MIT, endoflife.date contributors)",
        "systems": {system: systems[system] for system in sorted(systems)},
    }
    sys.stdout.write(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
