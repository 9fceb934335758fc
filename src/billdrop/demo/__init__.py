"""Invoices made up for the demo, the tests and the benches: the same call gives the same bytes."""

from billdrop.demo.bill import Fact, Sample
from billdrop.demo.bulk import docproc_invoice, docproc_number, write_delimited, write_folder
from billdrop.demo.samples import invoices, write_guidelines

__all__ = [
    "Fact",
    "Sample",
    "docproc_invoice",
    "docproc_number",
    "invoices",
    "write_delimited",
    "write_folder",
    "write_guidelines",
]
