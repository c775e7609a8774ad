"""What is wrong with how diag was called, in the caller's words: what is possible, and what next.

click says it in English and in a programmer's words; its errors are told apart here and worded by
`[ui.usage]` of `diag/messages`. What click has no error of its own for is a `Wrong`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import click
from click.types import _NumberRangeBase

from diag.file_error import SHOWN, nearest
from diag.model import Arg, Args, Language

EXAMPLE = 10
"""A number that fits every range of diag's options."""

_VALUE = re.compile(r"""(?:"(.*)"|'(.*)'|(\S+)) is not """, re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
_NO_COMMAND = re.compile(r"(?:No such command|There is no command) ['\"](.*?)['\"]", re.DOTALL)


class Wrong(click.UsageError):
    """A call that cannot be served; `key` is a text of `[ui.usage]`."""

    def __init__(self, key: str, **args: Arg) -> None:
        super().__init__(f"{key}: {args}")
        self.key = key
        self.args_of_text: Args = args


class WrongValue(click.BadParameter):
    """The same for the value of one option, which the text names as {option}."""

    def __init__(
        self, key: str, param: click.Parameter | None, ctx: click.Context | None, **args: Arg
    ) -> None:
        super().__init__(f"{key}: {args}", ctx, param)
        self.key = key
        self.args_of_text: Args = {"option": _name(param, ctx), **args}


def in_words(error: click.UsageError, arguments: Sequence[str]) -> list[str]:
    """What is wrong, and where more stands, in the language that was asked for."""
    from diag.cli.words import Words

    say = Words("usage", _asked_for(arguments))
    key, args = _told_apart(error)
    lines = [say(key, args) if key else error.format_message()]
    if error.ctx is not None:
        lines.append(say("help", {"command": f"{error.ctx.command_path} --help"}))
    return lines


def _asked_for(arguments: Sequence[str]) -> Language | None:
    """`--lang` as it stands in the call, since the call as a whole could not be read."""
    for before, each in zip(("", *arguments), arguments, strict=False):
        for language in ("ja", "en"):
            if each == f"--lang={language}" or (before == "--lang" and each == language):
                return "ja" if language == "ja" else "en"
    return None


def _told_apart(error: click.UsageError) -> tuple[str, Args]:
    """The key of a text and its args; no key: the error speaks for itself."""
    context = error.ctx
    if isinstance(error, (Wrong, WrongValue)):
        return error.key, error.args_of_text
    if isinstance(error, click.NoSuchOption):
        options = [name for each in _params(context) for name in each.opts]
        near = nearest(error.option_name, error.possibilities or options)
        if not near and context is not None and _belongs_to_run(error.option_name, context):
            return "of_run", {"option": error.option_name}
        return "no_option", {"option": error.option_name, "near": near}
    if isinstance(error, click.MissingParameter):
        usage = None
        if context is not None:
            names = [_metavar(each, context) for each in _params(context)]
            usage = " ".join([context.command_path, *filter(None, names)])
        return "missing", {"what": _name(error.param, context), "usage": usage}
    if isinstance(error, click.BadOptionUsage):
        needs = "requires" in error.message
        option = error.option_name
        return "needs_value" if needs else "takes_no_value", {"option": option}
    if isinstance(error, click.BadParameter):
        return _of_value(error)
    if extra := _EXTRA.search(error.message):
        what = extra[1] if len(extra[1]) <= SHOWN else f"{extra[1][:SHOWN]}..."
        return "extra", {"what": what, "meant": _meant(extra[1], context)}
    if (unknown := _NO_COMMAND.search(error.message)) and context is not None:
        group = context.command
        names = group.list_commands(context) if isinstance(group, click.Group) else []
        near = nearest(unknown[1], names)
        return "no_command", {"value": unknown[1], "near": near, "allowed": names}
    return "", {}


def _meant(word: str, context: click.Context | None) -> str | None:
    """The option that the word is a value of: `diag run promise`, `diag run login`."""
    from diag.profile_file import bundled_ids

    for each in _params(context):
        option = _name(each, context)
        values = each.type.choices if isinstance(each.type, click.Choice) else ()
        if word in (bundled_ids() if option == "--app" else map(str, values)):
            return f"{option} {word}"
    return None


def _belongs_to_run(option: str, context: click.Context) -> bool:
    """Whether it is an option of the command that was left out: `diag --app promise`."""
    group = context.command
    run = group.get_command(context, "run") if isinstance(group, click.Group) else None
    return run is not None and any(option in each.opts for each in run.params)


def _of_value(error: click.BadParameter) -> tuple[str, Args]:
    kind = error.param.type if error.param is not None else None
    found = _VALUE.match(error.message)
    value = next(filter(None, found.groups()), "").removesuffix(".0") if found else ""
    args: Args = {"option": _name(error.param, error.ctx), "value": value}
    if isinstance(kind, click.Choice):
        allowed = [str(each) for each in kind.choices]
        return "choice", {**args, "near": nearest(value, allowed), "allowed": allowed}
    if isinstance(kind, _NumberRangeBase):
        low, high = kind.min or 0, kind.max
        return "number", {**args, "low": low, "high": high, "example": EXAMPLE}
    return "", {}


def _params(context: click.Context | None) -> list[click.Parameter]:
    return context.command.get_params(context) if context is not None else []


def _metavar(param: click.Parameter, context: click.Context) -> str:
    return param.make_metavar(context) if isinstance(param, click.Argument) else ""


def _name(param: click.Parameter | None, context: click.Context | None) -> str:
    """An option as it is typed, an argument as the usage line calls it."""
    if param is None:
        return ""
    if isinstance(param, click.Argument) and context is not None:
        return _metavar(param, context)
    return max(param.opts, key=len, default="")
