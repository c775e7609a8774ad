"""What macOS makes of a PAC file (CFNetworkExecuteProxyAutoConfigurationURL; developer.apple.com,
CFNetwork and Core Foundation).

CFNetwork loads the script and runs it; the answer comes on this thread's run loop. Importable
everywhere: types are of fixed width, and the libraries are touched by `proxies` alone.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from diag.model import Failed, FailureCode

FRAMEWORKS = "/System/Library/Frameworks"
LIBRARIES = (
    f"{FRAMEWORKS}/CoreFoundation.framework/CoreFoundation",
    f"{FRAMEWORKS}/CFNetwork.framework/CFNetwork",
)

OPERATION = "follow the proxy script"
ERRORS: dict[int, FailureCode] = {-1001: "timeout", 308: "unparsable", 309: "denied"}
"""kCFURLErrorTimedOut, kCFErrorPACFileError, kCFErrorPACFileAuth; whatever else keeps the system
from the script is `unreachable`."""

UTF8 = 0x08000100
SINT64 = 4
"""kCFStringEncodingUTF8 and kCFNumberSInt64Type."""

TEXT_LIMIT = 1024
"""Bytes; a host name has at most 253 (RFC 1035)."""

P, INDEX = ctypes.c_void_p, ctypes.c_long
SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "CFURLCreateWithBytes": (P, (P, ctypes.c_char_p, INDEX, ctypes.c_uint32, P)),
    "CFNetworkExecuteProxyAutoConfigurationURL": (P, (P, P, P, P)),
    "CFRunLoopGetCurrent": (P, ()),
    "CFRunLoopAddSource": (None, (P, P, P)),
    "CFRunLoopRunInMode": (ctypes.c_int32, (P, ctypes.c_double, ctypes.c_ubyte)),
    "CFRunLoopStop": (None, (P,)),
    "CFRunLoopSourceInvalidate": (None, (P,)),
    "CFArrayGetCount": (INDEX, (P,)),
    "CFArrayGetValueAtIndex": (P, (P, INDEX)),
    "CFDictionaryGetValue": (P, (P, P)),
    "CFEqual": (ctypes.c_ubyte, (P, P)),
    "CFStringGetCString": (ctypes.c_ubyte, (P, ctypes.c_char_p, INDEX, ctypes.c_uint32)),
    "CFNumberGetValue": (ctypes.c_ubyte, (P, INDEX, P)),
    "CFErrorGetCode": (INDEX, (P,)),
    "CFRelease": (None, (P,)),
}

CALLBACK = ctypes.CFUNCTYPE(None, P, P, P)
"""CFProxyAutoConfigurationResultCallback: client, list of proxies, error."""


class ClientContext(ctypes.Structure):
    """CFStreamClientContext."""

    _fields_ = (
        ("version", ctypes.c_long),
        ("info", ctypes.c_void_p),
        ("retain", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("copyDescription", ctypes.c_void_p),
    )


class _Cf:
    """The functions and constants that are used, with their types."""

    def __init__(self) -> None:
        self._libraries = [ctypes.CDLL(path) for path in LIBRARIES]
        for name, (result, arguments) in SIGNATURES.items():
            function = self._find(name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:  # for type checkers: the functions of SIGNATURES
        raise AttributeError(name)

    def _find(self, name: str) -> Any:
        for library in self._libraries:
            if hasattr(library, name):
                return getattr(library, name)
        raise Failed("unsupported", OPERATION, name)

    def constant(self, name: str) -> int | None:
        for library in self._libraries:
            try:
                return P.in_dll(library, name).value
            except ValueError:
                continue
        raise Failed("unsupported", OPERATION, name)

    @contextmanager
    def url(self, text: str) -> Iterator[int]:
        """Raises Failed(unparsable) for what is no URL."""
        data = text.encode()
        made = self.CFURLCreateWithBytes(None, data, len(data), UTF8, None)
        if not made:
            raise Failed("unparsable", OPERATION, "no URL")
        try:
            yield made
        finally:
            self.CFRelease(made)

    def text(self, string: int | None) -> str:
        buffer = ctypes.create_string_buffer(TEXT_LIMIT)
        if not string or not self.CFStringGetCString(string, buffer, TEXT_LIMIT, UTF8):
            return ""
        return buffer.value.decode("utf-8", "replace")

    def number(self, number: int | None) -> int:
        value = ctypes.c_int64()
        if not number or not self.CFNumberGetValue(number, SINT64, ctypes.byref(value)):
            return 0
        return value.value


def proxies(script: str, url: str, timeout_s: float) -> str:
    """The first proxy for this URL (`a:8080`, `socks=a:1080`); empty: none. Raises Failed."""
    cf = _Cf()
    answers: list[str | Failed] = []

    def on_answer(_client: int | None, found: int | None, error: int | None) -> None:
        answers.append(_failed(cf, error) if error or not found else _first(cf, found))
        cf.CFRunLoopStop(cf.CFRunLoopGetCurrent())

    callback = CALLBACK(on_answer)
    context = ClientContext()
    mode = cf.constant("kCFRunLoopDefaultMode")
    with cf.url(script) as pac, cf.url(url) as target:
        source = cf.CFNetworkExecuteProxyAutoConfigurationURL(
            pac, target, ctypes.cast(callback, P), ctypes.byref(context)
        )
        if not source:
            raise Failed("unsupported", OPERATION)
        try:
            cf.CFRunLoopAddSource(cf.CFRunLoopGetCurrent(), source, mode)
            cf.CFRunLoopRunInMode(mode, timeout_s, False)
        finally:
            cf.CFRunLoopSourceInvalidate(source)  # after that, nobody calls back any more
            cf.CFRelease(source)
    if not answers:
        raise Failed("timeout", OPERATION, took_s=timeout_s)
    if isinstance(answers[0], Failed):
        raise answers[0]
    return answers[0]


def _failed(cf: _Cf, error: int | None) -> Failed:
    number = cf.CFErrorGetCode(error) if error else 0
    return Failed(ERRORS.get(number, "unreachable"), OPERATION, f"CFNetwork {number}")


def _first(cf: _Cf, found: int) -> str | Failed:
    """The first entry is the one that programs use; FTP's is none for web pages."""
    if cf.CFArrayGetCount(found) < 1:
        return ""
    entry = cf.CFArrayGetValueAtIndex(found, 0)

    def value(key: str) -> int | None:
        held: int | None = cf.CFDictionaryGetValue(entry, cf.constant(key))
        return held

    kind = value("kCFProxyTypeKey")
    if kind is None or cf.CFEqual(kind, cf.constant("kCFProxyTypeNone")):
        return ""
    host = cf.text(value("kCFProxyHostNameKey"))
    port = cf.number(value("kCFProxyPortNumberKey"))
    if not host or not 0 < port < 65_536:
        return Failed("unparsable", OPERATION, "no host and port")
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"socks={place}" if cf.CFEqual(kind, cf.constant("kCFProxyTypeSOCKS")) else place
