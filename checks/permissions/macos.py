"""Permissions on macOS: what the privacy database says, where we may read it.

TCC.db is closed to programs without full disk access, which nobody is asked to give: then it is
not known. Its table `access` has, for each service and bundle id, auth_value 0 denied, 1 not known,
2 allowed, 3 allowed in part; up to macOS 10.15 allowed 0 or 1 instead. Notifications and location
are kept where only the system reads them.
"""

from __future__ import annotations

from checks.browser.files import whole
from checks.browser.tables import rows
from checks.permissions.facts import AppPermission
from checks.places import home
from diag.host import Host
from diag.model import Failed

DATABASE = "Library/Application Support/com.apple.TCC/TCC.db"
SERVICES = {
    "camera": "kTCCServiceCamera",
    "microphone": "kTCCServiceMicrophone",
    "contacts": "kTCCServiceAddressBook",
    "photos": "kTCCServicePhotos",
    "bluetooth": "kTCCServiceBluetoothAlways",
}
NOT_ON_MACS = "phone"
"""There is no such switch."""
DENIED = 0
QUERY = "SELECT {column} FROM access WHERE service = ? AND client = ? AND client_type = 0"
COLUMNS = "SELECT name FROM pragma_table_info('access') WHERE name = ?"


def read(host: Host, kind: str, bundle_id: str) -> AppPermission:
    """Raises Failed: denied, unsupported for what the system keeps to itself."""
    if kind == NOT_ON_MACS:
        return AppPermission(kind=kind)
    service = SERVICES.get(kind)
    if service is None:
        raise Failed("denied", "read the system's permissions", kind)
    data = whole(host, f"{home(host)}/{DATABASE}")
    if data is None:
        raise Failed("denied", "read the system's permissions", "no database for us")
    column = "auth_value" if rows(data, COLUMNS, ("auth_value",)) else "allowed"
    found = rows(data, QUERY.format(column=column), (service, bundle_id))
    if not found:
        return AppPermission(kind=kind, not_asked=True)
    return AppPermission(kind=kind, off="app" if found[0][0] == DENIED else None)
