"""The report for Nagios and what understands its plug-ins (Monitoring Plugins guidelines).

The first line is the state and the headline with performance data after a bar, the lines below it
are more text. The state is also the exit code.
"""

from __future__ import annotations

from diag.render.safe import safe
from diag.report import Report

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
"""Each is the exit code of its place."""


def exit_code(report: Report) -> int:
    severities = {cause.severity for cause in report.causes}
    if "problem" in severities:
        return STATES.index("CRITICAL")
    if report.verdict.where == "unknown":
        return STATES.index("UNKNOWN")
    return STATES.index("WARNING" if "warning" in severities else "OK")


def render(report: Report) -> str:
    severities = [cause.severity for cause in report.causes]
    first = f"DIAG {STATES[exit_code(report)]} - {_plain(report.verdict.headline)}"
    numbers = (
        f"time={report.duration_s:.3f}s;;;0",
        f"problems={severities.count('problem')};;;0",
        f"warnings={severities.count('warning')};;;0",
    )
    lines = [
        f"{cause.severity}: {_plain(cause.title)} [{_plain(cause.code)}]" for cause in report.causes
    ]
    return "\n".join([f"{first} | {' '.join(numbers)}", *lines]) + "\n"


def _plain(text: str) -> str:
    """A bar begins the performance data."""
    return " ".join(safe(text).replace("|", "/").split())
