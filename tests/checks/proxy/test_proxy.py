"""The proxy check against real proxies on loopback."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from checks.proxy import CHECK, ProxyFact, open_tunnel, proxy_for
from checks.proxy.servers import ProxyServer
from diag.deadline import Deadline
from diag.model import Crossed, Failed, Finding, Layer, PathInfo, Unmeasured
from tests.checks.proxy.test_settings import LIST, desktop
from tests.support import context, profile_from, replay, view

PROFILE = profile_from(
    {"endpoint": [{"id": "login", "url": "https://login.test/", "role": "login"}]}
)
SECRET = "swordfish"

Answer = Callable[[bytes, socket.socket], None]


def says(line: str) -> Answer:
    return lambda _, sock: sock.sendall(f"HTTP/1.1 {line}\r\nX-Proxy: yes\r\n\r\n".encode())


def wants(user: str, password: str) -> Answer:
    token = base64.b64encode(f"{user}:{password}".encode())

    def answer(head: bytes, sock: socket.socket) -> None:
        allowed = b"Proxy-Authorization: Basic " + token + b"\r\n" in head
        says("200 Connection established" if allowed else "407 Who are you")(head, sock)

    return answer


@contextmanager
def proxy(answer: Answer) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy on loopback: its port, and the requests it was sent."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    sock, _ = server.accept()
                except OSError:
                    return
                with sock:
                    sock.settimeout(5.0)
                    head = b""
                    while not head.endswith(b"\r\n\r\n"):
                        part = sock.recv(4096)
                        if not part:
                            break
                        head += part
                    heads.append(head)
                    answer(head, sock)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heads
        server.shutdown(socket.SHUT_RDWR)
        thread.join(2.0)


def collected(port: int, *, env: dict[str, str] | None = None, seconds: float = 5.0) -> ProxyFact:
    host = replay(
        env=env or {"https_proxy": f"http://proxy.test:{port}"},
        commands={LIST: Failed("tool_missing", "run gsettings")},
        resolves={("proxy.test", "ipv4"): ["192.0.2.1"], ("proxy.test", "ipv6"): "EAI_NODATA"},
        detours={("192.0.2.1", port): port, ("127.0.0.1", port): port},
    )
    return CHECK.collect(host, context(PROFILE, seconds=seconds))


def found(fact: ProxyFact) -> list[tuple[str, str]]:
    judged = CHECK.judge(fact, view(fact, profile=PROFILE))
    return [(item.code, item.confidence) for item in judged if isinstance(item, Finding)]


def test_a_proxy_that_lets_us_through() -> None:
    with proxy(says("200 Connection established")) as (port, heads):
        fact = collected(port)
    assert heads == [b"CONNECT login.test:443 HTTP/1.1\r\nHost: login.test:443\r\n\r\n"]
    assert fact.probe is not None
    assert (fact.probe.outcome, fact.probe.target) == ("open", "login.test")
    judged = list(CHECK.judge(fact, view(fact, profile=PROFILE)))
    assert judged == [PathInfo(proxy="env"), Crossed(layer=Layer.ROUTE, subject="path")]


@pytest.mark.parametrize(
    ("line", "outcome", "causes"),
    [
        ("407 Proxy Authentication Required", "auth_required", ["proxy.auth_required"]),
        ("401 Unauthorized", "auth_required", ["proxy.auth_required"]),
        ("403 Filtered", "refuses_target", []),
        ("502 Bad Gateway", "target_failed", []),
        ("503 Service Unavailable", "target_failed", []),
    ],
)
def test_what_a_proxy_may_say(line: str, outcome: str, causes: list[str]) -> None:
    with proxy(says(line)) as (port, _):
        fact = collected(port)
    assert fact.probe is not None
    assert (fact.probe.outcome, fact.probe.status) == (outcome, int(line[:3]))
    assert [code for code, _ in found(fact)] == causes


def test_a_sign_in_that_the_system_does_by_itself_is_no_more_than_possible() -> None:
    """As Squid offers it in an Active Directory domain."""
    line = (
        "407 Proxy Authentication Required\r\nServer: squid/5.7\r\n"
        "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n"
        'Proxy-Authenticate: Basic realm="proxy"'
    )
    with proxy(says(line)) as (port, _):
        assert found(collected(port)) == [("proxy.auth_required", "possible")]
        stored = collected(port, env={"https_proxy": f"http://me:wrong@proxy.test:{port}"})
    assert found(stored) == [("proxy.auth_required", "certain")]


def test_a_proxy_that_says_nothing_is_given_up_by_the_deadline() -> None:
    release = threading.Event()

    def silent(_: bytes, __: socket.socket) -> None:
        release.wait(5.0)

    with proxy(silent) as (port, _):
        fact = collected(port, seconds=0.8)
        release.set()
    assert fact.probe is not None
    assert fact.probe.outcome == "timeout"
    assert found(fact) == [("proxy.unreachable", "certain")]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda _, sock: sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "not_http"),
        (lambda _, sock: sock.sendall(b"HTTP/1.1 200 OK\r\n"), "not_http"),
        (lambda _, sock: sock.sendall(b"x" * 20_000), "not_http"),
        (lambda *_: None, "closed"),
    ],
)
def test_something_that_is_no_proxy(answer: Answer, outcome: str) -> None:
    with proxy(answer) as (port, _):
        fact = collected(port)
    assert fact.probe is not None
    assert fact.probe.outcome == outcome
    assert found(fact) == [("proxy.unreachable", "likely")]


def test_nobody_listens() -> None:
    with proxy(says("200 OK")) as (port, _):
        pass
    fact = collected(port)
    assert fact.probe is not None
    assert fact.probe.outcome == "refused"
    assert found(fact) == [("proxy.unreachable", "certain")]


def test_a_program_of_this_device_that_has_ended() -> None:
    with proxy(says("200 OK")) as (port, _):
        pass
    fact = collected(port, env={"https_proxy": f"http://127.0.0.1:{port}"})
    findings = [
        each for each in CHECK.judge(fact, view(fact, profile=PROFILE)) if isinstance(each, Finding)
    ]
    assert [(each.code, each.where) for each in findings] == [("proxy.unreachable", "device")]


def test_a_proxy_without_an_address() -> None:
    host = replay(
        env={"https_proxy": "http://gone.test:1"},
        commands={LIST: Failed("tool_missing", "run gsettings")},
        resolves={("gone.test", family): "EAI_NONAME" for family in ("ipv4", "ipv6")},
    )
    fact = CHECK.collect(host, context(PROFILE))
    assert fact.probe is not None
    assert fact.probe.outcome == "unresolved"
    assert found(fact) == [("proxy.unreachable", "certain")]


def test_credentials_are_used_and_stay_out_of_the_fact() -> None:
    with proxy(wants("me", SECRET)) as (port, _):
        fact = collected(port, env={"https_proxy": f"http://me:{SECRET}@proxy.test:{port}"})
    assert fact.probe is not None
    assert fact.probe.outcome == "open"
    assert fact.https is not None
    assert fact.https.has_credentials
    written = msgspec.json.encode(fact).decode()
    assert SECRET not in written
    assert '"me"' not in written


def test_credentials_that_are_not_accepted() -> None:
    with proxy(wants("me", SECRET)) as (port, _):
        fact = collected(port, env={"https_proxy": f"http://me:wrong@proxy.test:{port}"})
    finding = next(
        item for item in CHECK.judge(fact, view(fact, profile=PROFILE)) if isinstance(item, Finding)
    )
    assert finding.code == "proxy.auth_required"
    assert finding.args["refused_by"] == "proxy.test"


def test_a_dead_proxy_past_which_the_app_goes_anyway_is_a_warning() -> None:
    with proxy(says("200 OK")) as (port, _):
        pass
    env = {"https_proxy": f"http://proxy.test:{port}", "no_proxy": "login.test"}
    fact = collected(port, env=env)
    assert fact.bypass == ("login.test",)
    judged = CHECK.judge(fact, view(fact, profile=PROFILE))
    assert [item.severity for item in judged if isinstance(item, Finding)] == ["warning"]


def test_the_socket_leads_on_to_the_target() -> None:
    def tunnel(_: bytes, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello from the target")

    with proxy(tunnel) as (port, _):
        server = ProxyServer(scheme="http", host="127.0.0.1", port=port)
        with socket.create_connection(("127.0.0.1", port)) as sock:
            answer = open_tunnel(sock, server, "2001:db8::1", 443, Deadline.after(5.0))
            assert answer.outcome == "open"
            assert sock.recv(100) == b"hello from the target"


def test_no_proxy() -> None:
    host = replay(commands={LIST: desktop()})
    fact = CHECK.collect(host, context(PROFILE))
    assert fact == ProxyFact(source="none")
    assert list(CHECK.judge(fact, view(fact))) == [PathInfo(proxy="direct")]


def test_a_pac_file_is_a_note_that_may_explain_what_fails() -> None:
    host = replay(commands={LIST: desktop(_mode="'auto'")})
    fact = CHECK.collect(host, context(PROFILE))
    assert found(fact) == [("proxy.pac_unevaluated", "possible")]
    problem = next(each for each in CHECK.problems if each.code == "proxy.pac_unevaluated")
    assert problem.severity == "info"
    assert "endpoint.unreachable" in problem.explains


def test_an_unreadable_setting_leaves_the_proxy_unknown() -> None:
    host = replay(
        env={"https_proxy": "http://:bad"},
        commands={LIST: Failed("tool_missing", "run gsettings")},
    )
    fact = CHECK.collect(host, context(PROFILE))
    judged = list(CHECK.judge(fact, view(fact)))
    assert {item.code for item in judged if isinstance(item, Unmeasured)} == {
        "proxy.unreachable",
        "proxy.auth_required",
    }


def test_proxy_for_others() -> None:
    host = replay(
        env={"https_proxy": f"http://me:{SECRET}@127.0.0.1:9", "no_proxy": "inside.test"},
        commands={LIST: Failed("tool_missing", "run gsettings")},
    )
    ctx = context(PROFILE)
    server = proxy_for(host, ctx, "https://login.test/")
    assert server is not None
    assert server.password == SECRET
    assert proxy_for(host, ctx, "https://inside.test/") is None
    assert proxy_for(host, ctx, "http://login.test/") is None
    none = ProxyFact(source="none")
    assert proxy_for(host, context(PROFILE, none), "https://login.test/") is None
