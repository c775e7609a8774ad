"""Stores on a local server, asked on the way that documents really come, from any system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checks.app.stores import StoreAnswer, ask_all
from checks.proxy import ProxyFact
from diag.app_profile import (
    AppStore,
    Chocolatey,
    Electron,
    Flathub,
    Github,
    GooglePlay,
    HomebrewCask,
    JsonSource,
    MicrosoftStore,
    Snapcraft,
    Source,
    Sparkle,
    Store,
    Winget,
)
from diag.deadline import Deadline
from diag.model import Answers, OsFamily
from tests.support import context, profile_from, replay

RECORDED = Path(__file__).parents[3] / "recorded" / "stores"


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


class Sample(Struct, frozen=True, kw_only=True):
    """A store with the real answer that it gave: where that is asked for, and what it means.

    documents: by path; the one that names the version comes last.
    """

    source: str
    section: Callable[[str], Source]
    os: OsFamily
    documents: dict[str, str]
    version: str
    arch: str = "x86_64"
    phone: bool = False


WINGET = "manifests/o/OpenAI/ChatGPT"

SAMPLES = (
    Sample(
        source="app_store",
        section=lambda base: AppStore(id=803453959, base_url=base),
        os="macos",
        documents={"/lookup": "app-store-mac.json"},
        version="3.3.3",
    ),
    Sample(
        source="app_store",
        section=lambda base: AppStore(id=1303221657, base_url=base),
        os="linux",
        phone=True,
        documents={"/lookup": "app-store-ios.json"},
        version="0.1.3",
    ),
    Sample(
        source="google_play",
        section=lambda base: GooglePlay(package="com.moonwink.treasury", base_url=base),
        os="windows",
        phone=True,
        documents={"/store/apps/details": "google-play-list.html"},
        version="2.3.0",
    ),
    Sample(
        source="google_play",
        section=lambda base: GooglePlay(package="com.youngkiu.stock_knee_shoulder", base_url=base),
        os="linux",
        phone=True,
        documents={"/store/apps/details": "google-play-korean.html"},
        version="1.5.1",
    ),
    Sample(
        source="microsoft_store",
        section=lambda base: MicrosoftStore(product_id="9WZDNCRFJ3TJ", base_url=base),
        os="windows",
        arch="AMD64",
        documents={"/v7.0/products": "microsoft-store.json"},
        version="6.97.752.0",
    ),
    Sample(
        source="winget",
        section=lambda base: Winget(id="OpenAI.ChatGPT", base_url=base),
        os="windows",
        arch="AMD64",
        documents={
            f"/repos/microsoft/winget-pkgs/contents/{WINGET}": "winget-versions.json",
            f"/microsoft/winget-pkgs/master/{WINGET}/26.901.5280.0/OpenAI.ChatGPT.installer.yaml": (
                "winget-installer.yaml"
            ),
        },
        version="26.901.5280.0",
    ),
    Sample(
        source="chocolatey",
        section=lambda base: Chocolatey(id="chocolateygui", base_url=base),
        os="windows",
        documents={"/api/v2/Packages()": "chocolatey.xml"},
        version="1.0.0",
    ),
    Sample(
        source="homebrew_cask",
        section=lambda base: HomebrewCask(token="86box", base_url=base),
        os="macos",
        documents={"/api/cask/86box.json": "homebrew-cask.json"},
        version="3.11",
    ),
    Sample(
        source="flathub",
        section=lambda base: Flathub(id="org.gimp.GIMP", base_url=base),
        os="linux",
        documents={"/api/v2/appstream/org.gimp.GIMP": "flathub.json"},
        version="3.2.4",
    ),
    Sample(
        source="snapcraft",
        section=lambda base: Snapcraft(name="scrcpy", base_url=base),
        os="linux",
        documents={"/v2/snaps/info/scrcpy": "snapcraft.json"},
        version="v1.12",
    ),
    Sample(
        source="sparkle",
        section=lambda base: Sparkle(url=f"{base}/appcast.xml"),
        os="macos",
        arch="arm64",
        documents={"/appcast.xml": "appcast.xml"},
        version="2026.3.2",
    ),
    Sample(
        source="electron",
        section=lambda base: Electron(url=f"{base}/updates/latest.yml"),
        os="macos",
        arch="arm64",
        documents={"/updates/latest-mac.yml": "latest-mac.yml"},
        version="1.0.1",
    ),
    Sample(
        source="electron",
        section=lambda base: Electron(url="https://store.app.test/latest.yml", base_url=base),
        os="linux",
        documents={"/latest-linux.yml": "latest-linux.yml"},
        version="2.5.1-SUM-2170.1",
    ),
    Sample(
        source="github",
        section=lambda base: Github(repo="svg2ico/svg2ico", base_url=base),
        os="linux",
        documents={
            "/repos/svg2ico/svg2ico/releases": "github-release.json",
            "/repos/svg2ico/svg2ico/releases/latest": "github-release.json",
        },
        version="1.82",
    ),
    Sample(
        source="json",
        section=lambda base: JsonSource(url=f"{base}/latest.json", pointer="/tag_name"),
        os="windows",
        documents={"/latest.json": "github-release.json"},
        version="1.82",
    ),
)


def name_of(sample: Sample) -> str:
    return f"{sample.source}-{sample.os}"


each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=name_of)


class Shop:
    """Stores on one server, and a device that asks them."""

    def __init__(self, server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.base = server.url_for("").rstrip("/")
        self._monkeypatch = monkeypatch

    def serve(self, path: str, body: bytes | str | dict[str, Any], **more: Any) -> None:
        if isinstance(body, dict):
            self.server.expect_request(path).respond_with_json(body, **more)
        else:
            self.server.expect_request(path).respond_with_data(body, **more)

    def serve_sample(
        self, sample: Sample, edit: Callable[[bytes], bytes] = lambda body: body
    ) -> None:
        """The real documents; the last one as `edit` makes it."""
        *before, (path, last) = sample.documents.items()
        for each, name in before:
            self.serve(each, recorded(name))
        self.serve(path, edit(recorded(last)))

    def fail_sample(self, sample: Sample, response: Callable[[Request], Response]) -> None:
        """Every document of the store comes as this answer."""
        for path in sample.documents:
            self.server.expect_request(path).respond_with_handler(response)

    def ask_sample(self, sample: Sample, seconds: float = 5.0) -> StoreAnswer:
        (answer,) = self.ask(
            {sample.source: sample.section(self.base)},
            os=sample.os,
            arch=sample.arch,
            phone=sample.phone,
            seconds=seconds,
        )
        return answer

    def ask(
        self,
        sections: Mapping[str, Source],
        *,
        os: OsFamily = "linux",
        arch: str = "x86_64",
        phone: bool = False,
        seconds: float = 5.0,
    ) -> tuple[StoreAnswer, ...]:
        self._monkeypatch.setattr("platform.machine", lambda: arch)
        store = Store(**sections)  # type: ignore[arg-type]
        profile = msgspec.structs.replace(profile_from({}), store=store)
        answers = Answers(device="phone" if phone else "this")
        no_proxy = ProxyFact(source="none")
        ctx = context(profile, no_proxy, answers=answers, seconds=seconds)
        return ask_all(replay(os=os, network=True), ctx, Deadline.after(seconds))


def only(answers: tuple[StoreAnswer, ...]) -> StoreAnswer:
    (answer,) = answers
    return answer
