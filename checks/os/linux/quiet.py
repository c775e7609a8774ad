"""Looking at files where an answer that cannot be had counts as none."""

from __future__ import annotations

from datetime import datetime

from diag.host import Host
from diag.model import Failed


def exists(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:
        return False


def modified(host: Host, path: str) -> datetime | None:
    try:
        status = host.stat(path)
    except Failed:
        return None
    return status.modified if status is not None else None


def names(host: Host, path: str) -> tuple[str, ...]:
    try:
        return host.listdir(path)
    except Failed:
        return ()


def text(host: Host, path: str) -> str:
    try:
        return host.read(path).decode("utf-8", "replace")
    except Failed:
        return ""
