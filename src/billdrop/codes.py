"""Every stable code, once: what it means and what to do. `docs/codes.md` is made from these tables."""

from billdrop.failures import FAILURES, Code
from billdrop.refusals import REFUSALS

_ALL: dict[str, Code] = {
    "BD1001": Code(
        "Empty document",
        "The document has no bytes, or only blank lines.",
        "Upload the file again once it is written.",
    ),
    "BD1002": Code(
        "Not in the declared encoding",
        "A byte cannot be read in the encoding that the guideline declares.",
        "Save the file in that encoding, or correct `input.encoding` in the guideline.",
    ),
    "BD1003": Code(
        "Binary content",
        "The document holds NUL or other control bytes: it is not a text.",
        "Export the invoice as text.",
    ),
    "BD1004": Code(
        "Document too large",
        "The document is larger than the limit of what is read. Its original is kept.",
        "Split the file, or raise `document_bytes` in billdrop.toml.",
    ),
    "BD1005": Code(
        "Line too long",
        "A line is longer than the limit.",
        "Check that the file has line ends, or raise `line_chars` in billdrop.toml.",
    ),
    "BD1006": Code(
        "Name refused",
        "A customer or file name has parts that are not allowed: `..`, control or bidirectional characters, or more than 1,024 bytes.",
        "Rename the file, or the customer's folder.",
    ),
    "BD1007": Code(
        "No customer",
        "The file lies in the inbox itself, not in a customer's folder.",
        "Move it to `inbox/<customer>/`.",
    ),
    "BD1008": Code(
        "Gone before it was read",
        "The document was announced, and was gone when it should be read.",
        "Ask the customer to upload it again.",
    ),
    "BD1009": Code(
        "Not a regular file",
        "A link, device or pipe lies in the inbox; only regular files are read.",
        "Put the file itself there.",
    ),
    "BD1010": Code(
        "Not well-formed",
        "The document is no well-formed XML or JSON, or nests deeper than is read.",
        "Export the invoice again; the place is where it stops making sense.",
    ),
    "BD1011": Code(
        "Document type declaration",
        "An XML document declares a document type, which could make it mean anything.",
        "Write it without `<!DOCTYPE …>`; no standard of invoices has one.",
    ),
    "BD1012": Code(
        "No text but another kind of file",
        "The document is a PDF, an Office file, an archive, an image, a page of HTML or a mail; the finding names which.",
        "Convert or unpack it as the finding says, and send the invoice itself.",
    ),
    **REFUSALS,
    "BD3001": Code(
        "Conflict",
        "The customer's invoice of that number is already recorded from another object, with other content.",
        "Look at both; `billdrop quarantine release` records it as a correction.",
    ),
    "BD3002": Code(
        "Warnings left off",
        "A document has more warnings than the ledger keeps of one document.",
        "`billdrop check FILE` shows them all.",
    ),
    "BD3003": Code(
        "Would count twice",
        "A document was read again, and what it put into the books before has another number or identity now.",
        "Let the guideline read the number as it is in the books; what is there cannot be renamed.",
    ),
    "BD3004": Code(
        "May be known under another identity",
        "An invoice of the customer with the same number, date, currency and total counts already, told from others by other fields: one invoice in two standards looks like that.",
        "If it is another invoice, `billdrop quarantine release` records it beside the first; else leave it, or reject it.",
    ),
    "BD3005": Code(
        "Rejected by a person",
        "A person decided that it does not go into the books; it stays in quarantine, and is not read again by itself.",
        "Send a corrected document; `billdrop quarantine reconsider` takes the decision back.",
    ),
    "BD3006": Code(
        "What was rejected is read otherwise",
        "Lines of a document that a person rejected are no record of their own under the guideline of today; all of the document waits.",
        "Let the guideline read them as before, or reject the document; `billdrop quarantine reconsider` takes the rejection back.",
    ),
    "BD4001": Code(
        "Guideline cannot be used",
        "The guideline file has an error; the line and column are named.",
        "Correct it; `billdrop guideline lint FILE` checks it.",
    ),
    "BD4002": Code(
        "Not TOML",
        "The guideline file is not valid TOML.",
        "Correct the syntax at the place named.",
    ),
    "BD4003": Code(
        "Unknown key",
        "The guideline has a key that is not known.",
        "Check the spelling; the message names what is close.",
    ),
    "BD4004": Code(
        "Wrong value",
        "A key of the guideline has a value that it does not take.",
        "The message says what is expected.",
    ),
    "BD4005": Code(
        "Pattern refused",
        "A pattern cannot be used: it is not understood, or cannot be matched in linear time.",
        "Use the typed placeholders; RE2 has no look-around and no back-references.",
    ),
    "BD4006": Code(
        "Own example fails",
        "The guideline does not read one of its own examples as it says.",
        "Correct the guideline or the example.",
    ),
    "BD4007": Code(
        "Guideline name taken", "Two guideline files have the same name.", "Rename one of them."
    ),
    **FAILURES,
}

CODES: dict[str, Code] = dict(sorted(_ALL.items()))
"""In the order of the page."""

SECTIONS: dict[str, str] = {
    "BD1": "Taking a document in",
    "BD2": "Reading and checking an invoice",
    "BD3": "Decisions of the ledger",
    "BD4": "Guideline files",
    "BD5": "Running",
    "BD6": "Queries",
    "BD7": "The HTTP door",
}
"""What the first digit of a code says."""


INTRODUCTION = """\
# Codes

Every finding and every error has a code that never changes its meaning. A finding keeps an invoice
out of the books unless it is a warning; `billdrop why` shows it with its line."""


def page() -> str:
    """The text of `docs/codes.md`; `python -m billdrop.codes > docs/codes.md` renews it."""
    parts = [INTRODUCTION]
    for start, title in SECTIONS.items():
        parts.append(f"## {title}")
        parts += [
            f"### {name}\n\n**{code.title}.** {code.meaning}\n\n{code.remedy}"
            for name, code in CODES.items()
            if name.startswith(start)
        ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
