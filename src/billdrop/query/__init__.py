"""Athena SQL, checked to mean the same on Athena and on DuckDB."""
