"""`make corpus`: the table of the corpus, and whatever was read wrongly; `--drafts`: that of the drafts."""

import sys

from tests.corpus import CORPUS
from tests.standards import drafts
from tests.standards.table import described, judged, library
from tests.standards.verdicts import WRONG


def main() -> int:
    """0 when nothing was read wrongly."""
    if not CORPUS.is_dir():
        sys.stderr.write("the shared corpus does not lie beside the checkout\n")
        return 0
    if "--drafts" in sys.argv[1:]:
        sys.stdout.write(f"{drafts.described(drafts.tried(CORPUS))}\n")
        return 0
    verdicts = judged(CORPUS, library())
    sys.stdout.write(f"{described(verdicts)}\n")
    wrong = [one for found in verdicts.values() for one in found if one.kind == WRONG]
    for one in wrong:
        sys.stderr.write(f"WRONG {one.name} ({one.guideline}): {'; '.join(one.differences)}\n")
    return 1 if wrong else 0


sys.exit(main())
