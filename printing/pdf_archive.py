"""What makes every PDF of ours a PDF/A-2b (ISO 19005-2), so that the paper kept with a case can be read in fifty years.

reportlab writes none of it: metadata as XMP, the colour space that black is meant in, streams that end where they say,
no dates of a machine. Fonts are embedded by pdf_text.py. The same document gives the same bytes.
"""

import zlib
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

import resources

MAKER = "LAO Counter"
_CONDITION = "sRGB IEC61966-2.1"
_END = b"endstream\n"

_format_stream = pdfdoc.PDFStream.format


def _ended(stream: Any, document: Any) -> bytes:
    """A stream with the line break before "endstream" that the standard wants (6.1.7.1) and reportlab leaves out.

    CR and LF: behind content that happens to end in CR, LF alone would be read as one line break with it.
    """
    made: bytes = _format_stream(stream, document)
    return made.removesuffix(_END) + b"\r\n" + _END


pdfdoc.PDFStream.format = _ended


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]  # reportlab has no types
    """reportlab's catalog with the one entry that it does not know."""

    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents")
    __Refs__ = pdfdoc.PDFCatalog.__NoDefault__


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """Title, author and maker; without the dates, which the paper itself carries."""

    def format(self, document: Any) -> bytes:
        """The dictionary."""
        known = {"Title": self.title, "Author": self.author, "Creator": MAKER, "Producer": MAKER}
        given = {key: pdfdoc.PDFString(text) for key, text in known.items() if text}
        made: bytes = pdfdoc.PDFDictionary(given).format(document)
        return made


def settle(document: Any, title: str, author: str, language: str) -> None:
    """Give reportlab's document everything that the archive wants. Call it before pages are made."""
    catalog = _Catalog()
    for key in ("Pages", "Lang", "Outlines"):
        setattr(catalog, key, getattr(document.Catalog, key))
    document.Catalog = document._catalog = catalog
    document.info = _Info()
    document.info.title, document.info.author = title, author
    metadata = xmp(title, author, language)
    catalog.Metadata = pdfdoc.XMP(creator=lambda _document: metadata)
    profile = pdfdoc.PDFStream(pdfdoc.PDFDictionary({"N": 3, "Filter": "/FlateDecode"}), _profile())
    intent = pdfdoc.PDFDictionary(
        {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": pdfdoc.PDFString(_CONDITION),
            "Info": pdfdoc.PDFString(_CONDITION),
            "DestOutputProfile": document.Reference(profile),
        }
    )
    catalog.OutputIntents = pdfdoc.PDFArray([intent])


@lru_cache(maxsize=1)
def _profile() -> bytes:
    return zlib.compress(resources.path("colour", "sRGB.icc").read_bytes())


def xmp(title: str, author: str, language: str) -> bytes:
    """The metadata packet: the same title and author as in the document's information, and the level of the archive."""
    tongue = escape(language, {'"': "&quot;"})
    creator = f"<dc:creator><rdf:Seq><rdf:li>{_text(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
        'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_text(title)}</rdf:li></rdf:Alt></dc:title>{creator}'
        f"<dc:language><rdf:Bag><rdf:li>{tongue}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreatorTool>{MAKER}</xmp:CreatorTool><pdf:Producer>{MAKER}</pdf:Producer>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _text(text: str) -> str:
    """As XML: control characters would make the whole packet unreadable."""
    return escape("".join(letter if letter >= " " else " " for letter in text))
