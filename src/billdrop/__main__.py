"""`python -m billdrop`."""

import sys

from billdrop.cli import main

if __name__ == "__main__":
    sys.exit(main())
