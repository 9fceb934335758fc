"""A group of commands that imports a command only when it runs."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Section = Mapping[str, tuple[str, str]]
"""Target (`module:attribute`) and short help, by command name."""


class LazyGroup(click.Group):
    """Knows the names and short helps of its commands; `--help` loads none of them."""

    def __init__(self, *args: Any, sections: Mapping[str, Section], **options: Any) -> None:
        super().__init__(*args, **options)
        self.sections = sections
        self.entries = {name: entry for part in sections.values() for name, entry in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry[0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in self.entries and not name.startswith("-"):
            raise click.UsageError(
                f"there is no command {name!r}.{_meant(name, self.entries)}", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(self.widest), text) for name, (_, text) in section.items()]
                )

    @property
    def widest(self) -> int:
        """Characters of the longest command name."""
        return max(map(len, self.entries))


def _meant(name: str, names: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
