"""iwd and wpa_supplicant to ask: objects as their documents describe them, on a real bus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from checks.wifi.linux import iwd, wpa_supplicant
from tests.checks.wifi.bus import Mock, played

WIFI = "wlan0"
OBJECT_MANAGER = "--is-object-manager"


class Iwd(Mock):
    """iwd with one radio (doc/*.txt of iwd 2)."""

    DEVICE = "/net/connman/iwd/0/3"

    def device(self, powered: bool = True) -> None:
        self.add(self.DEVICE, iwd.DEVICE, {"Name": ("s", WIFI), "Powered": ("b", powered)})

    def join(
        self,
        name: str,
        kind: str,
        security: str | None,
        rssi: int = -52,
        frequency: int = 5180,
        channel: int = 36,
        state: str = "connected",
    ) -> None:
        """On the network `name`; `security` is what GetDiagnostics says, None: it says nothing."""
        self.device()
        network = self.network(name, kind, "net0")
        methods = []
        if security is not None:
            told = (
                f"ret = {{'ConnectedBss': dbus.String('02:00:5e:10:00:02'), 'RSSI':"
                f" dbus.Int16({rssi}), 'Frequency': dbus.UInt32({frequency}), 'Channel':"
                f" dbus.UInt16({channel}), 'Security': dbus.String('{security}')}}"
            )
            methods.append(("GetDiagnostics", "", "a{sv}", told))
        self.mock(
            self.DEVICE,
            "AddProperties",
            "sa{sv}",
            iwd.STATION,
            {"State": ("s", state), "ConnectedNetwork": ("o", network)},
        )
        for method in methods:
            self.mock(self.DEVICE, "AddMethod", "sssss", iwd.DIAGNOSTIC, *method)

    def network(self, name: str, kind: str, tail: str) -> str:
        return self.add(
            f"{self.DEVICE}/{tail}", iwd.NETWORK, {"Name": ("s", name), "Type": ("s", kind)}
        )

    def known(self, name: str, kind: str) -> None:
        self.add(
            f"/net/connman/iwd/{name.encode().hex()}_{kind}",
            iwd.KNOWN,
            {"Name": ("s", name), "Type": ("s", kind)},
        )


@contextmanager
def iwd_on(address: str) -> Iterator[Iwd]:
    arguments = (OBJECT_MANAGER, iwd.BUS_NAME, "/", f"{iwd.BUS_NAME}.Root")
    with played(address, iwd.BUS_NAME, *arguments) as connection:
        yield Iwd(connection, iwd.BUS_NAME, "/")


class WpaSupplicant(Mock):
    """wpa_supplicant with one interface (w1.fi/wpa_supplicant/devel/dbus.html)."""

    INTERFACE = f"{wpa_supplicant.ROOT}/Interfaces/0"

    def bss(
        self,
        number: int,
        ssid: bytes,
        rsn: Sequence[str] = (),
        wpa: Sequence[str] = (),
        pairwise: Sequence[str] = ("ccmp",),
        privacy: bool | None = None,
        signal: int = -55,
        frequency: int = 2437,
    ) -> str:
        def element(suites: Sequence[str]) -> tuple[str, object]:
            ciphers = pairwise if suites else ()
            return "a{sv}", {"KeyMgmt": ("as", list(suites)), "Pairwise": ("as", list(ciphers))}

        return self.add(
            f"{self.INTERFACE}/BSSs/{number}",
            wpa_supplicant.BSS,
            {
                "SSID": ("ay", ssid),
                "BSSID": ("ay", bytes((2, 0, 0x5E, 0x10, 0, number))),
                "Privacy": ("b", bool(rsn or wpa) if privacy is None else privacy),
                "Signal": ("n", signal),
                "Frequency": ("q", frequency),
                "RSN": element(rsn),
                "WPA": element(wpa),
            },
        )

    def interface(self, state: str, current: str = "/", *others: str) -> None:
        known = [each for each in (current, *others) if each != "/"]
        self.add(
            self.INTERFACE,
            wpa_supplicant.INTERFACE,
            {
                "Ifname": ("s", WIFI),
                "State": ("s", state),
                "CurrentBSS": ("o", current),
                "BSSs": ("ao", known),
            },
        )
        self.set(wpa_supplicant.ROOT, wpa_supplicant.BUS_NAME, Interfaces=("ao", [self.INTERFACE]))


@contextmanager
def wpa_supplicant_on(address: str) -> Iterator[WpaSupplicant]:
    name, root = wpa_supplicant.BUS_NAME, wpa_supplicant.ROOT
    with played(address, name, name, root, name) as connection:
        mock = WpaSupplicant(connection, name, root)
        mock.set(root, name, Interfaces=("ao", []))
        yield mock
