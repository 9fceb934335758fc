"""`billdrop access list|add|token|remove`."""

from collections.abc import Callable
from pathlib import Path

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where
from billdrop.console.access import ROLES, Access, Role


@click.group()
def access() -> None:
    """Say who may look at the console, do things there, and upload.

    As long as nobody and no token is named, whoever reaches the port may do all. The people of a
    stack log in at its consoles, where those answer on another address than 127.0.0.1.
    """


@access.command("list")
@where
@options.as_json
def list_(where: Where, as_json: bool) -> None:
    """List people and tokens; never what they log in with."""
    from billdrop.cli.output import print_json_list, table, talk

    known = _known(where)
    rows: list[tuple[str, str, str, str]] = [
        ("person", one.name, one.role, one.customer) for one in known.people
    ]
    rows += [("token", one.name, "upload", one.customer) for one in known.tokens]
    if as_json:
        names = ("kind", "name", "may", "customer")
        print_json_list(dict(zip(names, row, strict=True)) for row in rows)
    elif rows:
        click.echo(table(("kind", "name", "may", "customer"), rows))
    else:
        open_ = "its consoles answer on 127.0.0.1 alone, to whoever reaches the port"
        talk(f"nobody is named: {open_ if where.stack else 'whoever reaches the port may do all'}")


@access.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--customer", default="", help="Whose documents a person of the role customer sees.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True,
    help="Asked for; give it here for scripts only.",
)  # fmt: skip
@where
def add(name: str, role: Role, customer: str, password: str, where: Where) -> None:
    """Add a person, or give one another role and password."""
    from billdrop.cli.output import talk
    from billdrop.console.access import with_person

    def added(known: Access) -> Access:
        return with_person(known, name=name, role=role, customer=customer, password=password)

    _change(where, added)
    talk(f"{name} may log in as {role}")


@access.command()
@click.argument("name")
@click.option("--customer", required=True, help="For whom it uploads.")
@options.data_dir
def token(name: str, customer: str, data_dir: Path) -> None:
    """Make a token for uploads; it is said this once.

    Send it with each upload: `Authorization: Bearer TOKEN`.
    """
    from billdrop.cli.output import talk
    from billdrop.console.access import with_token
    from billdrop.runtime import now

    known, made = with_token(_read(data_dir), name=name, customer=customer, at=now())
    _write(data_dir, known)
    click.echo(made)
    talk(f"it uploads for {customer}, and is not kept: note it now")


@access.command()
@click.argument("name")
@where
def remove(name: str, where: Where) -> None:
    """Remove a person or a token; sessions of the person end."""
    from billdrop.cli.output import talk
    from billdrop.console.access import without

    known = _change(where, lambda known: without(known, name))
    talk(f"{name} is removed")
    if not known.people:
        then = "does not start on another address" if where.stack else "asks nobody"
        talk(f"nobody can log in now: a running billdrop lets nobody in, the next {then}")


def _known(where: Where) -> Access:
    if not where.stack:
        return _read(where.data_dir)
    from billdrop.runtime.accounts import access_of_stack

    return access_of_stack(where.stack)


def _change(where: Where, change: Callable[[Access], Access]) -> Access:
    """Who may from now on."""
    if where.stack:
        from billdrop.runtime.accounts import change_access

        return change_access(where.stack, change)
    known = change(_read(where.data_dir))
    _write(where.data_dir, known)
    return known


def _read(data_dir: Path) -> Access:
    from billdrop.console.access import read
    from billdrop.layout import Layout

    return read(Layout(data_dir).access)


def _write(data_dir: Path, known: Access) -> None:
    from billdrop.console.access import write
    from billdrop.layout import Layout

    data_dir.mkdir(parents=True, exist_ok=True)
    write(Layout(data_dir).access, known)
