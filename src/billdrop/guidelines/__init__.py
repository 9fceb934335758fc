"""Guidelines: what a customer's text looks like, as TOML files; loading, linting, matching."""
