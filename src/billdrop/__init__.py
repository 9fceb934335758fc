"""Drop an invoice as a text file; moments later SQL says what was spent on each date."""

__version__ = "0.1.0"
