"""A service on the system bus: its objects, and their properties with their types checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

CALL_S = 2.0
"""Longest that one call may take; these services answer within milliseconds."""

PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"

NOTHING = "/"
"""The path that D-Bus objects give for none."""

T = TypeVar("T")
Values = Mapping[str, object]


class Service:
    """One service, asked within a deadline."""

    def __init__(self, host: Host, name: str, deadline: Deadline) -> None:
        self._host = host
        self._name = name
        self._deadline = deadline

    def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> object:
        """The one value that the answer holds."""
        timeout_s = min(CALL_S, self._deadline.remaining())
        if timeout_s <= 0:
            raise Failed("timeout", f"dbus {interface}.{member}")
        answer = self._host.dbus(
            "system", self._name, path, interface, member, signature, body, timeout_s
        )
        if len(answer) != 1:
            raise Failed("unparsable", f"dbus {interface}.{member}")
        return answer[0]

    def values(self, path: str, interface: str) -> Values:
        """All properties of one interface of an object."""
        values = self.call(path, PROPERTIES, "GetAll", "s", interface)
        if not isinstance(values, Mapping):
            raise Failed("unparsable", f"dbus {interface}", type(values).__name__)
        return values

    def objects(self, path: str) -> Objects:
        """All objects below a path at once."""
        found = self.call(path, OBJECT_MANAGER, "GetManagedObjects")
        if not isinstance(found, Mapping):
            raise Failed("unparsable", f"dbus {self._name}", type(found).__name__)
        return Objects(found)


class Objects:
    """What GetManagedObjects gave: properties by path and interface."""

    def __init__(self, found: Mapping[str, object]) -> None:
        self._found = found

    def values(self, path: str, interface: str) -> Values:
        """Empty if there is no such object, or it has no such interface."""
        interfaces = self._found.get(path)
        values = interfaces.get(interface) if isinstance(interfaces, Mapping) else None
        return values if isinstance(values, Mapping) else {}

    def of(self, interface: str) -> dict[str, Values]:
        """By path: the properties of every object with this interface."""
        return {
            path: values
            for path, interfaces in sorted(self._found.items())
            if isinstance(interfaces, Mapping)
            and isinstance(values := interfaces.get(interface), Mapping)
        }


def paths(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def get(values: Values, name: str, kind: type[T], default: T) -> T:
    value = values.get(name)
    return value if isinstance(value, kind) else default


def seen(values: Values, name: str, kind: type[T]) -> T | None:
    value = values.get(name)
    return value if isinstance(value, kind) else None
