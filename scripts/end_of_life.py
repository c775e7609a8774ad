"""Build checks/os/end_of_life.json from a checkout of endoflife.date's repository.

    git clone https://github.com/endoflife-date/endoflife.date
    make eol CHECKOUT=endoflife.date

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
    "android": "android",
    "centos": "centos",
    "centos-stream": "centos",
    "debian": "debian",
    "devuan": "devuan",
    "fedora": "fedora",
    "ios": "ios",
    "ipados": "ipados",
    "linuxmint": "linuxmint",
    "macos": "macos",
    "mageia": "mageia",
    "nixos": "nixos",
    "opensuse": "opensuse-leap",
    "oracle-linux": "ol",
    "pop-os": "pop",
    "rhel": "rhel",
    "rocky-linux": "rocky",
    "sles": "sles",
    "ubuntu": "ubuntu",
    "windows": "windows",
    "windows-server": "windows-server",
}
"""Products there, and their ids here: ID of os-release(5), or the family. Where two share an id,
the later one is what it means today.
"""

EXTENSION_IS_FREE = {"debian"}
"""Debian LTS comes to everyone over the ordinary security archive."""

NUMBERED = {"ios", "ipados", "macos", "windows", "windows-server"}
"""Their newest point release or build tells whether a device is up to date."""

OLDEST = date(2015, 1, 1)
"""What ended before is left out: Mint 6 must not be taken for something of today."""


def releases(text: str, system: str) -> Iterator[tuple[str, dict[str, str]]]:
    for release in yaml.safe_load(text.split("\n---", 1)[0])["releases"]:
        ends, extended, regular = release.get("eol"), release.get("eoes"), None
        if system in EXTENSION_IS_FREE and isinstance(extended, date):
            ends, extended, regular = extended, None, ends
        if ends is True or (isinstance(ends, date) and ends < OLDEST):
            continue
        life = {}
        if isinstance(ends, date):
            life["ends"] = ends.isoformat()
        if isinstance(ends, date) and isinstance(extended, date) and extended > ends:
            life["extended"] = extended.isoformat()
        if isinstance(regular, date):
            life["regular"] = regular.isoformat()
        if system in NUMBERED and "latest" in release:
            life["latest"] = str(release["latest"])
            if "latestReleaseDate" in release:
                life["released"] = release["latestReleaseDate"].isoformat()
        yield str(release["releaseCycle"]).lower(), life


def main(checkout: str) -> None:
    def git(*args: str) -> str:
        command = ("git", "-C", checkout, *args)
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    systems: dict[str, dict[str, dict[str, str]]] = {}
    for product, system in PRODUCTS.items():
        text = git("show", f"HEAD:products/{product}.md")
        systems.setdefault(system, {}).update(releases(text, system))
    table = {
        "date": git("log", "-1", "--format=%cs").strip(),
        "source": "https://endoflife.date (MIT, endoflife.date contributors)",
        "products": {system: product for product, system in sorted(PRODUCTS.items())},
        "systems": {system: systems[system] for system in sorted(systems)},
    }
    sys.stdout.write(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
