"""Typed values from text: amounts, dates, currencies, words. Declared, strict, never guessed."""
