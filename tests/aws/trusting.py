"""
`billdrop worker --listen` that believes a signer of the tests, for a process of its own.

SIGNER_FOLDER names a folder with `root.pem`, `issuer.pem` and `leaf.pem`: all else is as it is.
"""

import os
import sys
from pathlib import Path

from billdrop.aws.topic.certificates import Trust
from billdrop.cli.log import logger
from billdrop.cli.worker import until_told
from billdrop.runtime.aws import Site
from billdrop.runtime.worker import Signing, working


def ours(folder: Path) -> Signing:
    """What lies in the folder."""
    roots, issuers = [(folder / f"{name}.pem").read_bytes() for name in ("root", "issuer")]
    return Signing(
        trust=Trust(roots=roots, issuers=issuers),
        fetch=lambda url: (folder / "leaf.pem").read_bytes(),
    )


def main() -> int:
    """`worker --stack NAME --listen PORT`."""
    _, stack, _, port = sys.argv[2:]

    def signing(here: Site) -> Signing:
        return ours(Path(os.environ["SIGNER_FOLDER"]))

    return until_told(
        working(stack, listen=("127.0.0.1", int(port)), log=logger(), signing=signing)
    )


if __name__ == "__main__":
    sys.exit(main())
