"""The app's pages that a browser opens, for settings and lists of addresses to be held against."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from diag.app_profile import AppProfile

PORTS = {"https": 443, "http": 80}


class Site(Struct, frozen=True, kw_only=True):
    """One endpoint. `host` is in lower case."""

    endpoint: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        port = "" if self.port == PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def login_sites(profile: AppProfile) -> tuple[Site, ...]:
    """The pages that a browser opens to log in: those of the role login, else all but the API."""
    login = [each for each in profile.endpoint if each.role == "login"]
    pages = login or [each for each in profile.endpoint if each.role != "api"]
    sites = []
    for endpoint in pages:
        parts = urlsplit(endpoint.url)
        if parts.hostname and parts.scheme in PORTS:
            sites.append(
                Site(
                    endpoint=endpoint.id,
                    scheme=parts.scheme,
                    host=parts.hostname.casefold(),
                    port=parts.port or PORTS[parts.scheme],
                    path=parts.path or "/",
                )
            )
    return tuple(sites)
