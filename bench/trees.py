"""
The xml reader alone, from bytes to a checked invoice, beside peers of the field.

All read the same invoices in CII, in memory, and each result is compared with what was written. We read
every field of the model with exact amounts and run all checks; one peer makes objects of the document,
the other only holds it against the schema.
"""

import logging
import time
from collections.abc import Callable
from functools import partial

from bench import cii
from bench.figures import Figure, Options, figure, interleaved
from bench.reader import document
from billdrop.guidelines.library import open_library
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

Check = Callable[[int], bool]
"""Whether the invoice of that index was read as it was written."""


def measure(options: Options) -> list[Figure]:
    """Ours and the peers in turns, by the CPU time of one core."""
    count = options.size(600, 150)
    contents = [cii.invoice(index) for index in range(count)]
    sides = [_ours(contents), _objects(contents), _schema(contents)]
    for check in sides:
        _rate(check, count)
    ours, objects, schema = interleaved(
        options.rounds, *(partial(_rate, check, count) for check in sides)
    )
    how = (
        f"{count:,} invoices of 9 KB with 5 lines as CII, in memory, by the CPU time of one core;"
        " bytes to invoice with exact amounts and every check; after one round that does not count"
    )
    return [
        figure("trees", "xml", "invoices/s", ours, other=other, other_name=name, how=how)
        for other, name in ((objects, "pycheval"), (schema, "factur-x, its schema alone"))
    ]


def _rate(check: Check, count: int) -> float:
    began = time.process_time()
    right = [check(index) for index in range(count)]
    taken = time.process_time() - began
    if not all(right):
        raise RuntimeError(f"invoice {right.index(False)} was read as another one")
    return count / taken


def _ours(contents: list[bytes]) -> Check:
    library, _ = open_library(None, Limits())
    documents = [document(index, content) for index, content in enumerate(contents)]

    def check(index: int) -> bool:
        (record,) = parse(documents[index], library).records
        if record.findings or record.invoice is None:
            raise RuntimeError(f"invoice {index} was refused: {record.findings}")
        return record.invoice.total == cii.total(index) and len(record.invoice.lines) == 5

    return check


def _objects(contents: list[bytes]) -> Check:
    from pycheval import parse_xml

    texts = [content.decode() for content in contents]

    def check(index: int) -> bool:
        read = parse_xml(texts[index])
        return read.grand_total_amount.amount == cii.total(index) and len(read.line_items) == 5

    return check


def _schema(contents: list[bytes]) -> Check:
    from facturx import xml_check_xsd

    logging.getLogger("factur-x").setLevel(logging.CRITICAL)
    return lambda index: bool(xml_check_xsd(contents[index]))
