"""The pages by their path: one module each, one line here each."""

from billdrop.console.asking import Page
from billdrop.console.pages import (
    document,
    documents,
    expenses,
    guidelines,
    health,
    invoice,
    invoices,
    job,
    quarantine,
    sql,
    upload,
    way,
)

PAGES: dict[str, Page] = {
    "": way.PAGE,
    "expenses": expenses.PAGE,
    "invoices": invoices.PAGE,
    "invoice": invoice.PAGE,
    "upload": upload.PAGE,
    "quarantine": quarantine.PAGE,
    "job": job.PAGE,
    "guidelines": guidelines.PAGE,
    "documents": documents.PAGE,
    "document": document.PAGE,
    "sql": sql.PAGE,
    "health": health.PAGE,
}
