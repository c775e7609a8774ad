"""Text from outside, made safe to show on a terminal: one line of visible characters.

SSIDs, status pages, certificates, profiles and reports can hold escape sequences that rewrite the
screen, and bidirectional controls that make a text read as another. `safe` is called where such
text enters the output. Escape sequences follow ECMA-48 (5.4 control sequences, 5.6 control
strings) and what xterm accepts (BEL as the end of an OSC).
"""

from __future__ import annotations

import re

# Control strings are OSC, DCS, SOS, PM and APC; one that never ends is not one.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, clearing
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\^-~]"  # two characters, or with intermediates: charset, reset
)
_LINE_END = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 without the line feed, DEL, C1
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # drawn as nothing
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, overrides, isolates
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # zero width, deprecated, annotations
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"  # musical formats, tags
)
_SURROGATE = re.compile("[\ud800-\udfff]")


_UNSEEN = re.compile(_HIDDEN.pattern.replace("\x00-\x09\x0b-\x1f", "\u2028\u2029"))
"""What JSON lets stand as it is, of what `safe` takes out; all of it lies within its strings."""


def safe_json(data: bytes) -> bytes:
    """The same JSON with these signs as escapes: a terminal shows them, a program reads the same.

    JSON itself (RFC 8259) has only the C0 controls escaped.
    """
    if data.isascii() and b"\x7f" not in data:
        return data
    return _UNSEEN.sub(_escape, data.decode()).encode()


def _escape(sign: re.Match[str]) -> str:
    units = sign[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def safe(text: str, *, newlines: bool = False) -> str:
    """The text without what a terminal would obey or a reader would not see.

    Escape sequences and control characters go; a tab, and unless `newlines` a line end, becomes a
    space; a lone surrogate becomes U+FFFD. Joiners and variation selectors stay: emoji, kanji
    of names and several scripts need them. Doing it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text)
    text = _LINE_END.sub("\n" if newlines else " ", text).replace("\t", " ")
    return _SURROGATE.sub("\ufffd", _HIDDEN.sub("", text))
