"""A stack: made, brought up to date, taken down; who uploads to it."""
