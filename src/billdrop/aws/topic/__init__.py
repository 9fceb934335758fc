"""The topic's own subscription over HTTPS, as an inbox."""
