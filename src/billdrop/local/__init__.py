"""The adapters of one machine: folder inbox, HTTP door, SQLite ledger, folder destination, DuckDB."""
