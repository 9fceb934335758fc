"""What a file is that is no plain text: by its first bytes, with the way to an invoice that can be read."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Medium(NamedTuple):
    """A kind of file."""

    what: str
    """Such as `a PDF`."""
    remedy: str


_TEXT = "as plain text in UTF-8"
_PDF = "convert it: `pdftotext -layout FILE.pdf FILE.txt`; a scan has no text in it"
_ATTACHED = (
    "it seems to have its invoice attached as XML: `pdfdetach -saveall FILE.pdf`, and send that"
)
_IMAGE = "an image has no text: send the invoice as its sender exports it, or the PDF that has text, by `pdftotext -layout`"
_SHEET = "save each sheet as CSV in UTF-8, and send that"

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", _PDF),
    (b"%!PS", "a PostScript file", "convert it: `ps2pdf FILE`, then `pdftotext -layout` of that"),
    (b"{\\rtf", "an RTF document", f"save it {_TEXT}, or `pandoc FILE.rtf -t plain -o FILE.txt`"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file of the old kind (.doc, .xls, .msg)", f"save a document {_TEXT}, a sheet as CSV in UTF-8, and of a message what is attached"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it, and send each invoice as a file of its own"),
    (b"PK\x05\x06", "a ZIP archive with nothing in it", "send the invoices themselves"),
    (b"\x1f\x8b\x08", "a gzip file", "unpack it: `gunzip FILE.gz`"),
    (b"BZh91AY&SY", "a bzip2 file", "unpack it: `bunzip2 FILE.bz2`"),
    (b"\xfd7zXZ\0", "an xz file", "unpack it: `unxz FILE.xz`"),
    (b"(\xb5/\xfd", "a Zstandard file", "unpack it: `unzstd FILE.zst`"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive", "unpack it, and send each invoice as a file of its own"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it, and send each invoice as a file of its own"),
    (b"\x89PNG\r\n", "a PNG image", _IMAGE),
    (b"\xff\xd8\xff", "a JPEG image", _IMAGE),
    (b"GIF87a", "a GIF image", _IMAGE),
    (b"GIF89a", "a GIF image", _IMAGE),
    (b"II*\0", "a TIFF image", _IMAGE),
    (b"MM\0*", "a TIFF image", _IMAGE),
)  # fmt: skip
_FIRST = frozenset(magic[:1] for magic, _, _ in _MAGIC)
_PACKED: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "an Excel workbook", _SHEET),
    (b"word/", "a Word document", f"save it {_TEXT}"),
    (b"ppt/", "a PowerPoint file", f"save its text {_TEXT}"),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet", _SHEET),
    (b"opendocument.text", "an OpenDocument text", f"save it {_TEXT}"),
)
_LOOKED_AT = 1024 * 1024
"""So much of a file is searched for what it holds."""

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:")
_OF_MAIL = re.compile(
    rb"^(?:mime-version|message-id|received|return-path):", re.IGNORECASE | re.MULTILINE
)
_ATTACHMENT = re.compile(
    rb"^content-disposition:\s*attachment[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_NAMED = re.compile(rb'filename="?([^";\r\n]{1,80})')
_BLANK = b"\xef\xbb\xbf \t\r\n"


def medium(content: bytes) -> Medium | None:
    """The kind of a file that begins as no text does by chance; looks at one byte of most others."""
    if content[:1] not in _FIRST:
        return None
    found = next((it for it in _MAGIC if content.startswith(it[0])), None)
    if found is None:
        return None
    magic, what, remedy = found
    if magic == b"%PDF-" and any(it in content for it in (b"/EmbeddedFile", b"factur-x")):
        return Medium(what, f"{_ATTACHED}; else {_PDF}")
    if magic == b"PK\x03\x04":
        held = content[:_LOOKED_AT]
        what, remedy = next((it[1:] for it in _PACKED if it[0] in held), (what, remedy))
    return Medium(what, remedy)


def page_or_message(content: bytes) -> Medium | None:
    """A page of HTML, or a mail with its headers: texts that a guideline may read, where none does."""
    head = content[:4096].lstrip(_BLANK)
    if head[:1] == b"<" and _HTML.search(head):
        way = "`w3m -dump FILE.html > FILE.txt`, or send what it links to"
        return Medium("a page of HTML", f"take the text of it: {way}")
    if not (
        _HEADER.match(head) and _OF_MAIL.search(head.replace(b"\r\n", b"\n").partition(b"\n\n")[0])
    ):
        return None
    names = list(dict.fromkeys(_attached(content[:_LOOKED_AT])))
    if not names:
        return Medium("a mail without attachments", f"save its text {_TEXT}, without the headers")
    listed = ", ".join(f"`{name}`" for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return Medium("a mail", f"save what is attached and send that: {listed}{more}")


def _attached(content: bytes) -> Iterator[str]:
    """The names of what a mail has attached."""
    for found in _ATTACHMENT.finditer(content):
        name = _NAMED.search(found[0])
        text = name[1].decode("utf-8", "replace") if name else "a file without a name"
        yield "".join(it if it.isprintable() else "\ufffd" for it in text)
