"""The app's own command, as the profile has it: `["example", "--version"]`."""

from __future__ import annotations

import re

from checks.app.installed import InstalledCopy
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TIMEOUT_S = 2.0
"""The stores are asked afterwards."""
OUTPUT_READ = 4096
"""Characters of the output in which a version is looked for."""

VERSION = re.compile(
    r"(?<![\w.:])v?([0-9]+(?:\.[0-9]+)+(?:[-+~_][0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)*)"
)
"""A version in prose: at least two numbers with a dot, not part of an address or a word."""


def ask_command(host: Host, install: LinuxInstall, deadline: Deadline) -> tuple[InstalledCopy, ...]:
    """Nothing if there is no such command; the host says where it is looked for and trusted.

    Raises Failed: denied if as root another than root could change it; unparsable if it fails.
    """
    program, *args = install.command
    timeout_s = min(TIMEOUT_S, deadline.remaining())
    try:
        answer = host.run(program, *args, timeout_s=timeout_s)
    except Failed as error:
        if error.failure.code != "tool_missing":
            raise
        if program.startswith("/") and host.stat(program) is not None:
            raise Failed("denied", "run the app's command") from None
        return ()
    if answer.returncode != 0:
        raise Failed("unparsable", "run the app's command", f"exit code {answer.returncode}")
    version = version_in(answer.text()) or version_in(answer.stderr.decode("utf-8", "replace"))
    return (InstalledCopy(version=version, maker_version=version, path=answer.argv[0]),)


def version_in(output: str) -> str | None:
    match = VERSION.search(output[:OUTPUT_READ])
    return match[1] if match else None
