"""Pages of our own, in the manner of what `pdftotext -layout` prints, and what reads them."""

import tomllib
from typing import Any

from billdrop.guidelines.load import compile_guide
from billdrop.model import Finding, Record
from billdrop.parsing.reading import complete
from billdrop.readers import Draft, Limits

HEAD = """
guideline = "pages"
version = 1
input = { reader = "layout" }
"""

WORKSHOP = (
    HEAD
    + """
ignore = ["Carried forward {_:money}"]

[locale]
dates = ["DD.MM.YYYY"]
decimal = ","
group = "."
currencies = { "€" = "EUR" }

[fields]
number = { label = ["Invoice No.", "Invoice #"], form = "{} of {_:date}" }
issue_date = { label = ["Invoice No.", "Invoice #"], form = "{_:word} of {}" }
customer_id = { label = "Customer:" }
due_date = { label = "Please pay by", form = "{}.[ {_:text}]" }
net = { label = "Net" }
tax = { label = "VAT 19 %" }
total = { label = "Grand total" }
payment_account = { label = "IBAN" }

[lines]
required = true

[lines.fields]
id = { label = "Pos" }
name = { label = "Description" }
quantity = { label = "Qty", form = "{}[ {_:text}]" }
unit = { label = "Qty", form = "{_:number} {}" }
unit_price = { label = ["Unit price", "Price"] }
net = { label = "Amount", required = true }
"""
)
"""Of a sender whose heads stand over the columns."""

WORKSHOP_TEXT = """\
 Nail & Son                                                    Nail & Son
                                                               Mill Lane 4
    Ada Long
    Hill Road 1                                                Customer: 4711

 Invoice No. R-1 of 21.11.2026

 Pos  Description                       Qty      Unit price          Amount
  1   Oak board, planed               2 pcs         50,00 €        100,00 €
      and oiled
  2   Hinge                          10 pcs          1,50 €         15,00 €
\f Nail & Son                                                              Page 2
 Pos  Description                       Qty      Unit price          Amount
                                              Carried forward      115,00 €
  3   Fitting                           1 h         85,00 €         85,00 €

                                                          Net      200,00 €
                                                     VAT 19 %       38,00 €
                                                  Grand total      238,00 €

 Please pay by 05.12.2026. Net of discount, with thanks.

                                        IBAN DE88 2008 0000 0970 3757 00   BIC COBADEFF
"""


def records(text: str, guideline: str = WORKSHOP, limits: Limits = Limits()) -> list[Record]:  # noqa: B008  frozen
    """The records of a text."""
    guide = compile_guide(guideline, origin="pages.toml", limits=limits)
    drafts = guide.reader.read(text.encode())
    return [complete(draft, index, guide) for index, draft in enumerate(drafts)]


def record(text: str, guideline: str = WORKSHOP) -> Record:
    """The only one."""
    (one,) = records(text, guideline)
    return one


def drafts(text: str, guideline: str = WORKSHOP, limits: Limits = Limits()) -> list[Draft]:  # noqa: B008  frozen
    """What the reader alone makes of it."""
    guide = compile_guide(guideline, origin="pages.toml", limits=limits)
    return [*guide.reader.read(text.encode())]


def draft(text: str, guideline: str = WORKSHOP) -> Draft:
    """The only one."""
    (one,) = drafts(text, guideline)
    return one


def small(fields: str = "", **tables: str) -> str:
    """A guideline with the least fields, and what is given beside."""
    least = """
number = { label = "No" }
issue_date = { label = "Date" }
total = { label = "Total" }
"""
    top = tables.pop("top", "")
    parts = [f"[{name.replace('__', '.')}]\n{text}\n" for name, text in tables.items()]
    made = f"{HEAD}{top}\n" + "\n".join(parts) + f"\n[fields]\n{least}{fields}\n"
    tomllib.loads(made)
    return made


def codes(findings: Any) -> list[str]:
    """The codes of findings."""
    return [it.code for it in findings]


def only(one: Draft) -> Finding:
    """The only finding."""
    (found,) = one.findings
    return found
