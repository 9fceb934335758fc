"""The console, asked as a browser asks and as a stranger would."""
