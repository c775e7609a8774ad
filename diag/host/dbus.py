"""One bounded D-Bus method call, its reply as plain Python values (D-Bus specification 0.43)."""

from __future__ import annotations

import time
from typing import Any

from diag.deadline import Deadline
from diag.model import Failed, FailureCode

ERRORS: dict[str, FailureCode] = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "tool_missing",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "tool_missing",
    "org.freedesktop.DBus.Error.UnknownObject": "tool_missing",
    "org.freedesktop.DBus.Error.UnknownInterface": "tool_missing",
    "org.freedesktop.DBus.Error.UnknownMethod": "tool_missing",
    "org.freedesktop.DBus.Error.UnknownProperty": "tool_missing",
    "org.freedesktop.DBus.Error.AccessDenied": "denied",
    "org.freedesktop.DBus.Error.AuthFailed": "denied",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": "denied",
    "org.freedesktop.DBus.Error.NoReply": "timeout",
    "org.freedesktop.DBus.Error.Timeout": "timeout",
    "org.freedesktop.DBus.Error.TimedOut": "timeout",
}


def call(
    bus: str,
    destination: str,
    path: str,
    interface: str,
    member: str,
    signature: str,
    body: tuple[object, ...],
    timeout_s: float,
) -> tuple[object, ...]:
    """See `Host.dbus`. A service that does not run is not started for the asking."""
    from diag.host.bounded import bounded

    operation = f"dbus {interface}.{member}"
    started = time.monotonic()
    deadline = Deadline.after(timeout_s)

    def failed(code: FailureCode, detail: str = "") -> Failed:
        return Failed(code, operation, detail, time.monotonic() - started)

    try:
        from jeepney import DBusAddress, HeaderFields, MessageFlag, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection
    except ImportError:
        raise failed("tool_missing", "jeepney") from None

    def ask() -> Any:
        # jeepney bounds neither its greeting nor its sending: the thread around it does.
        address = DBusAddress(path, bus_name=destination, interface=interface)
        message = new_method_call(address, member, signature or None, body)
        message.header.flags |= MessageFlag.no_auto_start
        remaining = deadline.remaining()
        with open_dbus_connection(bus.upper(), auth_timeout=remaining) as connection:
            return connection.send_and_get_reply(message, timeout=deadline.remaining())

    try:
        reply = bounded(ask, timeout_s, "dbus")
    except TimeoutError:
        raise failed("timeout") from None
    except PermissionError as error:
        raise failed("denied", error.strerror or "") from None
    except KeyError:  # no address of the session bus in the environment
        raise failed("tool_missing", f"no {bus} bus") from None
    except (OSError, RuntimeError) as error:
        raise failed("tool_missing", f"no {bus} bus: {type(error).__name__}") from None
    except Exception as error:  # a broken or hostile bus: jeepney raises whatever it stumbles over
        raise failed("unparsable", f"{type(error).__name__}: {error}") from None
    fields = reply.header.fields
    if reply.header.message_type is MessageType.error:
        name = str(fields.get(HeaderFields.error_name, ""))
        raise failed(ERRORS.get(name, "refused"), name)
    return plain_body(fields.get(HeaderFields.signature, ""), reply.body)


def plain_body(signature: str, body: tuple[object, ...]) -> tuple[object, ...]:
    """The body without its variants: arrays and structs as lists, `ay` as bytes, `a{..}` as dict.

    jeepney gives a variant as (signature, value), which only the signature tells from a struct.
    """
    from jeepney.low_level import parse_signature

    fields = parse_signature(list(f"({signature})")).fields
    return tuple(_plain(kind, value) for kind, value in zip(fields, body, strict=True))


def _plain(kind: Any, value: Any) -> object:
    from jeepney.low_level import Array, DictEntry, Struct, Variant, parse_signature

    if isinstance(kind, Variant):
        signature, inner = value
        return _plain(parse_signature(list(signature)), inner)
    if isinstance(kind, Array):
        if isinstance(value, bytes | bytearray):
            return bytes(value)
        if isinstance(kind.elt_type, DictEntry):
            key_kind, value_kind = kind.elt_type.fields
            return {_plain(key_kind, k): _plain(value_kind, v) for k, v in value.items()}
        return [_plain(kind.elt_type, item) for item in value]
    if isinstance(kind, Struct):
        return [_plain(field, item) for field, item in zip(kind.fields, value, strict=True)]
    return value
