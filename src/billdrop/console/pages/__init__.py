"""The pages by their path: one module each, one line here each."""

from billdrop.console.asking import Page
from billdrop.console.pages import expenses, way

PAGES: dict[str, Page] = {
    "": way.PAGE,
    "expenses": expenses.PAGE,
}
