"""`billdrop customer add|upload-url`."""

import shlex
from typing import TYPE_CHECKING

import click

from billdrop.cli import options, stacks

if TYPE_CHECKING:
    from billdrop.runtime.deployment import Form, Subscription

_NAME = click.argument("name", metavar="NAME")


@click.group()
def customer() -> None:
    """Let customers upload to a stack, and be told what became of it."""


@customer.command()
@_NAME
@stacks.stack
@click.option("--email", metavar="ADDRESS", help="Tell this address.")
@click.option("--endpoint", metavar="URL", help="Tell this HTTPS endpoint.")
@options.as_json
def add(name: str, *, stack: str, email: str | None, endpoint: str | None, as_json: bool) -> None:
    """Tell an address or an endpoint what becomes of a customer's documents, and of no other's.

    Who is told confirms it first, by what SNS sends there.
    """
    from billdrop.cli.output import print_json
    from billdrop.runtime.deployment import subscribe

    if email and not endpoint:
        made = subscribe(stack, name, protocol="email", endpoint=email)
    elif endpoint and not email and endpoint.startswith("https://"):
        made = subscribe(stack, name, protocol="https", endpoint=endpoint)
    else:
        raise click.UsageError("say one of --email ADDRESS and --endpoint https://…")
    if as_json:
        print_json(made)
    else:
        _say(made)


def _say(made: "Subscription") -> None:
    from billdrop.cli.output import talk

    click.echo(f"{made.endpoint} is told of {', '.join(made.customers)}")
    if not made.confirmed:
        talk(f"once it is confirmed by what SNS sent to {made.endpoint}")


@customer.command("upload-url")
@_NAME
@stacks.stack
@click.option(
    "--minutes", default=15, show_default=True, type=click.IntRange(1, 720), metavar="N",
    help="How long it can be used; not longer than the credentials that sign it.",
)  # fmt: skip
@click.option(
    "--largest", default=32, show_default=True, type=click.IntRange(1, 256), metavar="MIB",
    help="The largest file that it takes.",
)  # fmt: skip
@options.as_json
def upload_url(name: str, *, stack: str, minutes: int, largest: int, as_json: bool) -> None:
    """Sign a form by which a customer uploads text files, without an account of AWS.

    It reaches the customer's part of the inbox only. Whoever has it can upload until it expires.
    """
    from billdrop.cli.output import print_json, talk
    from billdrop.runtime.deployment import upload_form

    form = upload_form(stack, name, seconds=60 * minutes, largest=largest << 20)
    if as_json:
        print_json(form)
        return
    click.echo(_curl(form))
    talk(f"put the name of a text file for invoice.txt; it works for {minutes} minutes")


def _curl(form: "Form") -> str:
    """A command that uploads `invoice.txt`."""
    fields = [part for key, value in form.fields.items() for part in ("-F", f"{key}={value}")]
    words = ["curl", "--fail-with-body", *fields, "-F", "file=@invoice.txt", form.url]
    return shlex.join(words)
