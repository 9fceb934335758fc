"""The stable codes of what goes wrong while it runs; `codes` has those of findings, and all together."""

from typing import NamedTuple


class Code(NamedTuple):
    """The page of one code."""

    title: str
    meaning: str
    remedy: str


FAILURES: dict[str, Code] = {
    "BD5000": Code(
        "Failed", "Something failed that has no code of its own.", "The message says what."
    ),
    "BD5001": Code(
        "Wrong use", "The command was called in a way it does not take.", "See `--help`."
    ),
    "BD5002": Code(
        "Configuration", "A setting or the data directory is not usable.", "The message says which."
    ),
    "BD5003": Code(
        "Data directory in use",
        "Another billdrop process writes to this data directory.",
        "Stop it first. Documents can be dropped into its inbox instead.",
    ),
    "BD5004": Code(
        "Ledger format",
        "The ledger was written by a newer billdrop, or the file is not a ledger.",
        "Upgrade billdrop, or name another data directory.",
    ),
    "BD5005": Code(
        "Permission denied",
        "A file or folder may not be read or written.",
        "Correct its owner or mode.",
    ),
    "BD5006": Code(
        "Destination object differs",
        "A CSV object that is already there has other bytes than its segment.",
        "Run `billdrop verify`, then `billdrop rebuild`.",
    ),
    "BD5007": Code(
        "No room left",
        "The disk is full. Nothing was acknowledged, nothing is half done.",
        "Make room; what waits is taken again by itself.",
    ),
    "BD5008": Code("Unavailable", "A file system or service did not answer.", "It is tried again."),
    "BD5009": Code(
        "Not found",
        "There is no document, invoice or quarantine entry of that name.",
        "`billdrop history` lists what is there.",
    ),
    "BD5010": Code(
        "Books disagree",
        "Ledger, CSV and SQL do not agree; every difference is named.",
        "Run `billdrop rebuild`, then `billdrop verify`.",
    ),
    "BD5011": Code(
        "Stack not made",
        "CloudFormation could not make, change or delete the stack; what it had begun it takes back.",
        "The message names the resource and the reason; correct it and run the command again.",
    ),
    "BD6001": Code(
        "Query refused",
        "The SQL uses something that does not mean the same on Athena and on DuckDB.",
        "The message names it and what to write instead.",
    ),
    "BD6002": Code(
        "Query not understood",
        "The SQL is not valid Athena SQL, or names a column or view that does not exist.",
        "The message names the place.",
    ),
    "BD6003": Code(
        "Query reads too much",
        "The query would read more bytes than the workgroup of the stack allows for one query.",
        "Ask for less, or raise `BytesScannedCutoffPerQuery` of the workgroup.",
    ),
    "BD7001": Code(
        "Request refused",
        "The request cannot be taken: wrong host, method, length or path.",
        "See `docs/http.md`.",
    ),
    "BD7002": Code(
        "Busy",
        "More uploads wait than can be held.",
        "Try again after the seconds in `Retry-After`.",
    ),
}
