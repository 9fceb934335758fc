"""The tour of the product in pictures, taken from the running program."""
