"""What WinHTTP makes of a PAC file (WinHttpGetProxyForUrl; learn.microsoft.com).

Windows loads and runs the script in a service of its own; here it is only asked. Importable
everywhere: types are of fixed width, and the library is touched by `proxies` alone.
"""

from __future__ import annotations

import ctypes
from typing import Any

from diag.model import Failed, FailureCode

ACCESS_NO_PROXY = 1
ACCESS_NAMED_PROXY = 3
AUTOPROXY_CONFIG_URL = 2

OPERATION = "follow the proxy script"
ERRORS: dict[int, FailureCode] = {
    12002: "timeout",
    12006: "unsupported",  # a script that is a file
    12166: "unparsable",
    12167: "unreachable",
}
"""ERROR_WINHTTP_*: TIMEOUT, UNRECOGNIZED_SCHEME, BAD_AUTO_PROXY_SCRIPT, UNABLE_TO_DOWNLOAD_SCRIPT;
whatever else keeps Windows from it is `denied`."""


class AutoproxyOptions(ctypes.Structure):
    """WINHTTP_AUTOPROXY_OPTIONS."""

    _fields_ = (
        ("dwFlags", ctypes.c_uint32),
        ("dwAutoDetectFlags", ctypes.c_uint32),
        ("lpszAutoConfigUrl", ctypes.c_wchar_p),
        ("lpvReserved", ctypes.c_void_p),
        ("dwReserved", ctypes.c_uint32),
        ("fAutoLogonIfChallenged", ctypes.c_int32),
    )


class ProxyInfo(ctypes.Structure):
    """WINHTTP_PROXY_INFO."""

    _fields_ = (
        ("dwAccessType", ctypes.c_uint32),
        ("lpszProxy", ctypes.c_void_p),
        ("lpszProxyBypass", ctypes.c_void_p),
    )


def proxies(script: str, url: str, timeout_s: float) -> str:
    """The proxies for this URL as Windows writes them (`a:8080;b:8080`); empty: go directly.

    Raises Failed. WinHTTP's own time-outs bound each step, so a caller bounds the whole.
    """
    load = vars(ctypes)["WinDLL"]
    winhttp = load("winhttp", use_last_error=True)
    kernel32 = load("kernel32")
    winhttp.WinHttpOpen.restype = ctypes.c_void_p
    winhttp.WinHttpOpen.argtypes = (
        *(ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint32),
    )
    winhttp.WinHttpSetTimeouts.argtypes = (ctypes.c_void_p, *(ctypes.c_int32,) * 4)
    winhttp.WinHttpGetProxyForUrl.argtypes = (
        *(ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_void_p, ctypes.c_void_p),
    )
    winhttp.WinHttpCloseHandle.argtypes = (ctypes.c_void_p,)
    kernel32.GlobalFree.argtypes = (ctypes.c_void_p,)
    kernel32.GlobalFree.restype = ctypes.c_void_p
    session = winhttp.WinHttpOpen("diag", ACCESS_NO_PROXY, None, None, 0)
    if not session:
        raise _failed()
    try:
        winhttp.WinHttpSetTimeouts(session, *(max(1, round(timeout_s * 1000)),) * 4)
        options = AutoproxyOptions(dwFlags=AUTOPROXY_CONFIG_URL, lpszAutoConfigUrl=script)
        info = ProxyInfo()
        if not winhttp.WinHttpGetProxyForUrl(
            session, url, ctypes.byref(options), ctypes.byref(info)
        ):
            raise _failed()
        return _taken(kernel32, info)
    finally:
        winhttp.WinHttpCloseHandle(session)


def _taken(kernel32: Any, info: ProxyInfo) -> str:
    """The text of the answer, whose memory is given back."""
    try:
        if info.dwAccessType != ACCESS_NAMED_PROXY or not info.lpszProxy:
            return ""
        return ctypes.wstring_at(info.lpszProxy)
    finally:
        for pointer in (info.lpszProxy, info.lpszProxyBypass):
            if pointer:
                kernel32.GlobalFree(pointer)


def _failed() -> Failed:
    number = vars(ctypes)["get_last_error"]()
    return Failed(ERRORS.get(number, "denied"), OPERATION, f"WinHTTP {number}")
