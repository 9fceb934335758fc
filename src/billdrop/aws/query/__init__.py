"""Athena and its tables."""
