"""Reports written by hand: situations that people meet, in the words that the checks give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from diag.app_profile import App, AppProfile
from diag.model import Answers, Language, Os, Snapshot, Status, Symptom
from diag.report import (
    AlternativeBlock,
    AppBlock,
    CauseBlock,
    DeviceBlock,
    ExplainedBlock,
    NotTestedBlock,
    PathBlock,
    RemedyBlock,
    Report,
    ResultBlock,
    SubjectBlock,
    TimeBlock,
    Tool,
    VerdictBlock,
)

AT = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)

TITLES: dict[str, dict[str, str]] = {
    "link": {"en": "Network link", "ja": "ネットワークの接続"},
    "address": {"en": "Address", "ja": "IP アドレス"},
    "gateway": {"en": "Router", "ja": "ルーター"},
    "dns": {"en": "Name server", "ja": "DNS サーバー"},
    "internet": {"en": "Internet", "ja": "インターネット"},
    "proxy": {"en": "Proxy", "ja": "プロキシ"},
    "endpoint": {"en": "Login page", "ja": "ログイン画面"},
    "clock": {"en": "Clock", "ja": "時計"},
    "status": {"en": "Status page", "ja": "障害情報のページ"},
    "app": {"en": "App version", "ja": "アプリの最新版"},
    "os": {"en": "System updates", "ja": "OS の更新"},
    "device": {"en": "This PC", "ja": "この PC の状態"},
    "wifi": {"en": "Wi-Fi", "ja": "Wi-Fi"},
    "account": {"en": "Account", "ja": "アカウント"},
}


def cause(code: str, **fields: Any) -> CauseBlock:
    defaults: dict[str, Any] = {
        "subjects": ("path",),
        "severity": "problem",
        "confidence": "certain",
        "where": "network",
        "explanation": "",
        "evidence": {},
        "evidence_lines": (),
        "explains": (),
    }
    return CauseBlock(code=code, **{**defaults, **fields})


def remedy(code: str, **fields: Any) -> RemedyBlock:
    defaults: dict[str, Any] = {
        "who": "user",
        "risk": "none",
        "steps": (),
        "links": (),
        "avoid": (),
        "undo": "",
        "verify": "",
        "when_not": "",
    }
    return RemedyBlock(code=code, **{**defaults, **fields})


def results(
    language: Language,
    statuses: dict[str, Status],
    because: str | None = None,
    left_out: Sequence[str] = (),
) -> tuple[ResultBlock, ...]:
    """Every check: fine unless said otherwise; what is unknown is so because of a cause."""
    blocks = []
    for name, title in TITLES.items():
        status = "not_applicable" if name in left_out else statuses.get(name, "ok")
        blocks.append(
            ResultBlock(
                check=name,
                title=title[language],
                status=status,
                findings=(),
                reason="not_configured" if name in left_out else "",
                because=because if status == "unknown" else None,
                took_s=0.1,
            )
        )
    return tuple(blocks)


def not_tested(blocks: tuple[ResultBlock, ...], why: str = "") -> tuple[NotTestedBlock, ...]:
    return tuple(
        NotTestedBlock(what=block.title, why=why, matters=False)
        for block in blocks
        if block.status == "unknown"
    )


def report(language: Language, app: str, verdict: VerdictBlock, **fields: Any) -> Report:
    symptom: Symptom | None = fields.pop("symptom", "login")
    profile = AppProfile(app=App(id="example", name={language: app}))
    defaults: dict[str, Any] = {
        "duration_s": 2.34,
        "ticket": None,
        "causes": (),
        "remedies": (),
        "results": (),
        "not_tested": (),
    }
    return Report(
        schema_version=1,
        report_id="7KQ4-2M9T",
        created_at=AT,
        tool=Tool(name="diag", version="0.1.0", checks=tuple(TITLES)),
        app=AppBlock(id="example", name=app, profile_sha256="0" * 64),
        symptom=symptom,
        language=language,
        time=TimeBlock(
            local="2026-11-22T22:10:00+09:00",
            zone="Asia/Tokyo",
            clock_offset_s=0.1,
            server_date=AT,
        ),
        subject=SubjectBlock(
            device="this",
            client=None,
            same_network=None,
            works_elsewhere=None,
            error_text=None,
            since=None,
            attempts=None,
        ),
        device=DeviceBlock(
            os="linux", os_name="Debian", os_version="12", arch="x86_64", managed=False
        ),
        path=PathBlock(
            interface="wlan0", vpn=False, proxy=None, relay=False, tether=False, nat64=False
        ),
        verdict=verdict,
        snapshot=Snapshot(
            taken_at=AT,
            zone="Asia/Tokyo",
            os=Os(family="linux"),
            profile=profile,
            answers=Answers(symptom=symptom),
            deadline_s=10.0,
            chosen=tuple(TITLES),
            observations={},
        ),
        **{**defaults, **fields},
    )


def cafe(language: Language) -> Report:
    """A café's Wi-Fi that wants a sign-in first."""
    ja = language == "ja"
    title = (
        "この Wi-Fi は、最初に利用登録（サインイン）が必要です。"
        if ja
        else "This Wi-Fi wants you to sign in first."
    )
    checks = results(
        language,
        {
            "internet": "problem",
            "wifi": "warning",
            "os": "warning",
            "endpoint": "unknown",
            "status": "unknown",
            "app": "unknown",
        },
        because="captive_portal.signin",
    )
    return report(
        language,
        "プロミス" if ja else "Promise",
        VerdictBlock(
            where="network",
            confidence="certain",
            cause="captive_portal.signin",
            headline=("原因はネットワークです。" if ja else "The fault is in the network. ")
            + title,
            not_now="まだパスワードの再設定や再入力はしないでください。入力が原因ではありません。"
            if ja
            else "Do not reset or retry anything yet: what you typed is not the cause.",
            alternatives=(),
        ),
        causes=(
            cause(
                "captive_portal.signin",
                title=title,
                explanation="登録が終わるまで、この Wi-Fi からはどのサービスにもつながりません。"
                if ja
                else "Until you have signed in, nothing on the internet can be reached from here.",
                evidence_lines=(
                    "ふたつの接続確認サイトが、どちらも portal.example に転送されました。",
                )
                if ja
                else ("Two test pages on the internet were both redirected to portal.example.",),
                explains=(
                    ExplainedBlock(
                        code="endpoint.unreachable",
                        subject="endpoint:login",
                        confidence="certain",
                        title="login.app.test につながりません。"
                        if ja
                        else "login.app.test cannot be reached.",
                    ),
                ),
            ),
            cause(
                "wifi.public",
                severity="warning",
                title="公衆 Wi-Fi です（暗号化なし・「FREE」を含む名前・利用登録の画面あり）。"
                "登録後も、ここでのログインは避けるのが安全です。"
                if ja
                else "This is public Wi-Fi (not encrypted, a name with “FREE”, a sign-in page). "
                "Even once signed in, logging in here is better avoided.",
            ),
            cause(
                "os.updates_pending",
                severity="warning",
                where="device",
                title="OS の更新が 12 件あります（うちセキュリティ 3 件、最古は 41 日前）。"
                if ja
                else "12 updates of the system are waiting, 3 of them for security, the oldest for "
                "41 days.",
            ),
        ),
        remedies=(
            remedy(
                "portal.sign_in",
                cause="captive_portal.signin",
                effort_min=1,
                title="ブラウザーで http://portal.example を開き、画面の案内に従って接続を完了する"
                if ja
                else "Open http://portal.example in a browser and follow it to the end",
                verify="もう一度 diag を実行します。" if ja else "Run diag again.",
            ),
            remedy(
                "line.use_mobile",
                cause="captive_portal.signin",
                effort_min=2,
                risk="low",
                title="スマートフォンのテザリングに切り替える"
                if ja
                else "Use your phone's mobile data instead",
                steps=(
                    "Android:「設定」→「ネットワークとインターネット」→"
                    "「アクセス ポイントとテザリング」、"
                    "iPhone:「設定」→「インターネット共有」をオンにします。",
                    "この PC の Wi-Fi で、そのスマートフォンを選びます。",
                )
                if ja
                else (
                    "Switch the hotspot on (Android: Settings > Network & internet > Hotspot & "
                    "tethering; iPhone: Settings > Personal Hotspot).",
                    "Join the phone's network on this PC.",
                ),
                avoid=("データ量の上限に注意してください。",)
                if ja
                else ("Mind the data allowance, and roaming charges when abroad.",),
            ),
            remedy(
                "line.ask_owner",
                cause="captive_portal.signin",
                who="network_owner",
                effort_min=10,
                title="どちらもできないときは Wi-Fi の提供元に聞く"
                if ja
                else "If neither works, ask whoever runs the Wi-Fi",
            ),
            remedy(
                "os.update",
                cause="os.updates_pending",
                effort_min=20,
                title="OS の更新をインストールする" if ja else "Install the updates",
            ),
        ),
        results=checks,
        not_tested=not_tested(checks),
    )


def outage(language: Language) -> Report:
    """The service is down, and says so."""
    ja = language == "ja"
    title = (
        "ログインで 21:40 から障害が起きています。"
        if ja
        else "Its login has had an outage since 21:40."
    )
    return report(
        language,
        "エグザンプル" if ja else "Example",
        VerdictBlock(
            where="service",
            confidence="likely",
            cause="service.outage",
            headline=(
                "原因はサービス側です。あなたの操作のせいではありません。"
                if ja
                else "The fault is at the service, not with you. "
            )
            + title,
            not_now="パスワードを再設定したり、続けて試したりしないでください。ロックされることがあります。"
            if ja
            else "Do not reset your password and do not keep trying: you could be locked out.",
            alternatives=(),
        ),
        duration_s=1.1,
        causes=(
            cause(
                "service.outage",
                where="service",
                confidence="likely",
                subjects=("service",),
                title=title,
                evidence_lines=(
                    "障害情報のページ:「Login errors for some users」（原因を特定済み、12 分前）",
                    "login.app.test はふたつのアドレスから 503 を返しました。"
                    "www.app.test とほかの 2 サイトはすぐに応答しました。",
                )
                if ja
                else (
                    'Their status page reports "Login errors for some users" '
                    "(identified, 12 min ago).",
                    "login.app.test answered 503 twice, over two addresses; www.app.test and two "
                    "other sites answered at once.",
                ),
            ),
        ),
        remedies=(
            remedy(
                "service.wait",
                cause="service.outage",
                effort_min=50,
                title="待つ。23:00 までに復旧の見込み（約 50 分後）。"
                "直ったら `diag watch` が知らせます"
                if ja
                else "Wait. They expect to be back by 23:00 (in 50 min); "
                "`diag watch` tells you when it works again",
            ),
        ),
        results=results(language, {"status": "problem", "endpoint": "problem"}),
    )


def all_fine(language: Language) -> Report:
    """Everything technical is fine: what was typed remains."""
    ja = language == "ja"
    title = (
        "ID かパスワードの入力が原因かもしれません。"
        if ja
        else "What remains is how the ID or password is typed."
    )
    untestable = (
        ("パスワードそのもの", "口座・アカウントの状態", "別の回線での動作")
        if ja
        else ("the password itself", "the state of the account", "whether it works elsewhere")
    )
    return report(
        language,
        "プロミス" if ja else "Promise",
        VerdictBlock(
            where="account",
            confidence="possible",
            cause="account.credentials",
            headline=(
                "通信・サービス・この PC に問題は見つかりませんでした。"
                if ja
                else "No fault found in the connection, the service or this PC. "
            )
            + title,
            not_now="続けて間違えるとロックされます（5 回まで）。"
            "思い出せないときは、試さずに再設定へ。"
            if ja
            else "Five wrong tries lock the account. "
            "If you do not remember, reset instead of trying.",
            alternatives=(),
        ),
        causes=(
            cause(
                "account.credentials",
                where="account",
                confidence="possible",
                subjects=("service",),
                title=title,
                evidence_lines=(
                    "ログイン画面は 0.2 秒で正しく開きました。",
                    "障害情報もメンテナンスの予定もありません。",
                )
                if ja
                else (
                    "The login page opened in 0.2 s and is the right one.",
                    "No incident and no maintenance is reported.",
                ),
            ),
        ),
        remedies=(
            remedy(
                "account.type_carefully",
                cause="account.credentials",
                effort_min=1,
                title="カード番号と暗証番号を、日本語入力をオフにしてもう一度だけ入力する"
                if ja
                else "Type the card number and PIN once more, with Japanese input switched off",
                steps=(
                    "「カード番号」は半角数字 10 桁か 15～16 桁、ハイフンなし。",
                    "暗証番号は半角数字 4 桁。",
                )
                if ja
                else (
                    "Card number: 10 or 15 to 16 half-width digits, no hyphens.",
                    "PIN: 4 half-width digits.",
                ),
            ),
            remedy(
                "account.reset",
                cause="account.credentials",
                effort_min=5,
                title="暗証番号を再設定する" if ja else "Reset the PIN",
                links=("https://login.app.test/reset",),
                avoid=("再設定してもロックは解除されません。解除は店頭または自動契約機で。",)
                if ja
                else ("A reset does not lift a lock; that is done at a branch.",),
            ),
            remedy(
                "support.contact",
                cause="account.credentials",
                who="support",
                effort_min=15,
                title="電話する: 0120-000-000（24 時間 365 日）"
                if ja
                else "Call 0120-000-000 (24 hours)",
                steps=("手元に用意するもの: 会員番号、登録の電話番号、この診断の番号",)
                if ja
                else ("Have at hand: member number, registered phone, this diagnosis' number.",),
            ),
        ),
        results=results(language, {"account": "problem"}, left_out=("proxy",)),
        not_tested=tuple(NotTestedBlock(what=each, why="", matters=True) for each in untestable),
    )


def silent_host(language: Language) -> Report:
    """One host is silent, and nothing says whether it is down or blocked."""
    ja = language == "ja"
    down = "login.app.test が応答していません。" if ja else "login.app.test is not answering."
    blocked = (
        "このネットワークの何かが login.app.test への通信を止めています。"
        if ja
        else "Something on this network blocks login.app.test."
    )
    tried = (
        "login.app.test に 2 回つなごうとして、4 秒待っても応答がありませんでした。"
        if ja
        else "Two attempts to connect to login.app.test got no answer within 4 s.",
        "www.app.test とほかの 2 サイトはすぐに応答しました。"
        if ja
        else "www.app.test and two other sites answered at once.",
    )
    return report(
        language,
        "エグザンプル" if ja else "Example",
        VerdictBlock(
            where="unknown",
            confidence="possible",
            cause="firewall.host_blocked",
            headline="考えられる原因が複数あります。ひとつ試せば、どれなのかがわかります。"
            if ja
            else "More than one cause fits what was seen. One test tells which it is.",
            not_now="どれなのかがわかるまで、再設定や再入力はしないでください。"
            if ja
            else "Do not reset or retry anything until you know which it is.",
            alternatives=(
                AlternativeBlock(
                    where="network",
                    code="firewall.host_blocked",
                    title=blocked,
                    deciding_test="スマートフォンでは開く"
                    if ja
                    else "It opens on the phone: this one.",
                ),
                AlternativeBlock(
                    where="service",
                    code="service.unresponsive",
                    title=down,
                    deciding_test="スマートフォンでも開かない"
                    if ja
                    else "It does not open on the phone either: this one.",
                ),
            ),
        ),
        duration_s=6.2,
        causes=(
            cause(
                "firewall.host_blocked",
                confidence="possible",
                subjects=("endpoint:login",),
                title=blocked,
                evidence_lines=tried,
            ),
            cause(
                "service.unresponsive",
                confidence="possible",
                where="service",
                subjects=("endpoint:login",),
                title=down,
                evidence_lines=tried,
            ),
        ),
        remedies=(
            remedy(
                "service.try_on_phone",
                cause="firewall.host_blocked",
                effort_min=1,
                title="スマートフォンの Wi-Fi をオフにして、同じページを開いてみる"
                if ja
                else "Open it on your phone with Wi-Fi off",
            ),
            remedy(
                "support.contact",
                cause="service.unresponsive",
                who="support",
                effort_min=15,
                title="サービスの窓口に問い合わせる" if ja else "Ask the service's support",
            ),
        ),
        results=results(language, {"endpoint": "problem", "app": "unknown"}),
        not_tested=(
            NotTestedBlock(
                what=TITLES["app"][language],
                why="応答が diag の知らない形式でした"
                if ja
                else "the answer has a form that diag does not know",
                matters=False,
            ),
        ),
    )


def healthy(language: Language) -> Report:
    """A check-up that finds only something to do when there is time."""
    ja = language == "ja"
    return report(
        language,
        "この PC" if ja else "This PC",
        VerdictBlock(
            where="none",
            confidence="certain",
            cause=None,
            headline="問題は見つかりませんでした。" if ja else "No problem found.",
            not_now="再設定や再インストールは必要ありません。"
            if ja
            else "There is nothing to reset or reinstall.",
            alternatives=(),
        ),
        symptom=None,
        ticket="HD-1042",
        causes=(
            cause(
                "os.updates_pending",
                severity="warning",
                where="device",
                title="OS の更新が 12 件あります（うちセキュリティ 3 件）。"
                if ja
                else "12 updates of the system are waiting, 3 of them for security.",
            ),
            cause(
                "store.unavailable",
                severity="info",
                where="service",
                title="ストアの情報を読めませんでした。" if ja else "The store could not be read.",
            ),
        ),
        remedies=(
            remedy(
                "os.update",
                cause="os.updates_pending",
                who="admin",
                effort_min=20,
                title="OS の更新をインストールする" if ja else "Install the updates",
                steps=("管理者に連絡します。",) if ja else ("Write to your IT department.",),
            ),
        ),
        results=results(language, {"os": "warning"}, left_out=("endpoint", "status", "account")),
    )


SITUATIONS: dict[str, Callable[[Language], Report]] = {
    "cafe": cafe,
    "outage": outage,
    "all_fine": all_fine,
    "silent_host": silent_host,
    "healthy": healthy,
}


def hostile(text: str, language: Literal["ja", "en"] = "en") -> Report:
    """The café's report with every text replaced by one from outside."""
    plain = msgspec.to_builtins(cafe(language))
    keep = {"language", "symptom", "severity", "confidence", "where", "status", "who", "risk"}

    def replaced(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: replaced(each, name) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [replaced(each, key) for each in value]
        words = isinstance(value, str) and key not in keep
        return f"{text}{value}" if words and key in TEXTS else value

    return msgspec.convert(replaced(plain), Report)


TEXTS = {
    "headline",
    "not_now",
    "title",
    "name",
    "explanation",
    "evidence_lines",
    "steps",
    "links",
    "avoid",
    "verify",
    "what",
    "why",
    "report_id",
    "ticket",
}
