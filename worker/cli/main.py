"""Entry point of ``artgate``: finds the one command that was named and imports nothing else.

Every command of the table is registered, so that help and spelling suggestions are whole; all but the
named one are registered as a placeholder that costs no import.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from detector.reasons import ArtgateError
from worker.cli import failures
from worker.cli.output import escape_what_cannot_be_encoded
from worker.cli.table import TABLE, Command, Group

_SETTINGS = {"help_option_names": ["-h", "--help"]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``artgate`` with ``arguments``, by default the process's own; always raises SystemExit."""
    escape_what_cannot_be_encoded()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        application(words)(args=words, prog_name="artgate")
    except ArtgateError as error:
        _stop(error)
    except Exception as error:
        known = failures.from_library(error)
        if known is None:
            raise
        _stop(known)


def application(words: Sequence[str]) -> typer.Typer:
    """The whole command tree, with code behind the one command that ``words`` name."""
    app = typer.Typer(
        help="Tells pictures made by people from pictures made by generators.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=_SETTINGS,
    )
    app.callback()(_global_options)
    named = [word for word in words if not word.startswith("-")]
    _register(app, TABLE, named)
    return app


def load(command: Command) -> Callable[..., object]:
    """The function behind ``command``; imports its module."""
    module, _, function = command.target.partition(":")
    loaded: Callable[..., object] = getattr(import_module(module), function)
    return loaded


def _register(app: typer.Typer, entries: Iterable[Command | Group], named: Sequence[str]) -> None:
    first, rest = (named[0] if named else None), named[1:]
    for entry in entries:
        if isinstance(entry, Group):
            group = typer.Typer(help=entry.help, no_args_is_help=True, context_settings=_SETTINGS)
            _register(group, entry.commands, rest if entry.name == first else ())
            app.add_typer(group, name=entry.name)
        elif entry.name == first:
            app.command(entry.name, short_help=entry.help, context_settings=_SETTINGS)(load(entry))
        else:
            app.command(entry.name, help=entry.help)(_placeholder)


def _placeholder() -> None:
    """Stands for a command that was not named; never runs."""
    raise AssertionError("a command that was not named ran")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - called by the parser of the command line
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and rarely wanted

        typer.echo(f"artgate {version('artgate')}")
        raise typer.Exit


def _global_options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


def _stop(error: ArtgateError) -> None:
    typer.echo(failures.sentence(error), err=True)
    raise SystemExit(failures.exit_status(error)) from error
