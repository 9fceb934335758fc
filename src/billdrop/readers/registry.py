"""The readers by the name that a guideline gives them."""

from billdrop.readers import Build, delimited, labelled

READERS: dict[str, Build] = {
    "labelled": labelled.build,
    "delimited": delimited.build,
}
