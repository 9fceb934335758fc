"""The root command, and how every ending becomes an exit code."""

import os
import sys

import click

from billdrop import __version__
from billdrop.cli import INTERRUPTED
from billdrop.cli.lazy import LazyGroup
from billdrop.errors import BilldropError, UsageError

GONE_READER = 141

AGAIN = "it is tried again"
"""What holds in a service, and no more once a command has ended."""
COMPLETION = "_BILLDROP_COMPLETE"

SECTIONS = {
    "Run": {
        "up": ("billdrop.cli.up:up", "Run the pipeline: folder and HTTP door in, expenses out."),
    },
    "Take documents in": {
        "ingest": ("billdrop.cli.ingest:ingest", "Take files and folders in, once."),
        "check": ("billdrop.cli.check:check", "Say whether a file would be accepted."),
        "guideline": ("billdrop.cli.guideline:guideline", "Lint, test and show guidelines."),
    },
    "Ask": {
        "expenses": ("billdrop.cli.expenses:expenses", "What was spent, by date or otherwise."),
        "sql": ("billdrop.cli.sql:sql", "Run Athena SQL over invoices and lines."),
        "status": ("billdrop.cli.status:status", "Count the documents by state."),
        "history": ("billdrop.cli.history:history", "List documents, newest first."),
        "why": ("billdrop.cli.history:why", "Tell the story of one document."),
        "explain": ("billdrop.cli.explain:explain", "Lead a figure back to its line of text."),
    },
    "Look after": {
        "quarantine": ("billdrop.cli.quarantine:quarantine", "See and settle what waits."),
        "replay": ("billdrop.cli.replay:replay", "Show what other guidelines would change."),
        "sweep": ("billdrop.cli.upkeep:sweep", "Take in what events did not bring."),
        "verify": ("billdrop.cli.upkeep:verify", "Prove that ledger, CSV and SQL agree."),
        "rebuild": ("billdrop.cli.upkeep:rebuild", "Write the CSV again from the ledger."),
        "access": ("billdrop.cli.access:access", "Say who may look, do and upload."),
        "doctor": ("billdrop.cli.doctor:doctor", "Look at everything it depends on."),
    },
    "On AWS": {
        "worker": ("billdrop.cli.worker:worker", "Run the program as it runs on EC2."),
        "console": ("billdrop.cli.console:console", "Serve the console of a stack here."),
        "deploy": ("billdrop.cli.deploy:deploy", "Make the stack, or bring it to this version."),
        "migrate": ("billdrop.cli.migrate:migrate", "Bring the ledger of a stack to this version."),
        "customer": ("billdrop.cli.customer:customer", "Let customers upload, and be told."),
        "destroy": (
            "billdrop.cli.destroy:destroy",
            "Take the stack down, but for what holds data.",
        ),
    },
}


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    context_settings={
        "auto_envvar_prefix": "BILLDROP",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context) -> None:
    """Drop an invoice as a text file; moments later SQL says what was spent on each date.

    Data goes to stdout, talk to stderr. Exit codes: 0 ok, 1 some failed, 2 usage, 3 configuration,
    4 permission, 5 AWS, 130 interrupted.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def run(arguments: list[str]) -> int:
    """Run one command and say how it ended."""
    _never_fail_to_print()
    as_json = "--json" in arguments
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except click.UsageError as error:
        return _misused(error, as_json=as_json)
    except BilldropError as error:
        error.hint = error.hint.replace(AGAIN, "run it again")
        return _failed(error, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    return code


def _invoke(arguments: list[str]) -> int:
    """What `root.main` does, but a reader that goes away is not swallowed."""
    if COMPLETION in os.environ:
        root.main(arguments, prog_name="billdrop", complete_var=COMPLETION)
    try:
        with root.make_context("billdrop", arguments) as ctx:
            code = root.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return code if isinstance(code, int) else 0


def _reader_gone() -> int:
    """Nobody reads what is printed; the rest of it goes nowhere, as it does for `yes | head`."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    return GONE_READER


def _never_fail_to_print() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _misused(error: click.UsageError, *, as_json: bool) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return UsageError.exit_code
    said, _, meant = error.format_message().rstrip(".").partition(" Did you mean ")
    command = error.ctx.command_path if error.ctx is not None else "billdrop"
    hint = f"did you mean {meant}" if meant else f"`{command} --help` says what it takes"
    return _failed(UsageError(said[:1].lower() + said[1:].rstrip("."), hint=hint), as_json=as_json)


def _failed(error: BilldropError, *, as_json: bool) -> int:
    from billdrop.cli.render import failure

    if as_json:
        from billdrop.cli.output import encoded

        click.echo(encoded({"error": error.as_dict()}), err=True)
    else:
        click.echo(failure(error), err=True)
    return error.exit_code
