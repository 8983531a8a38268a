"""Hostile and odd documents for survey.py, made when asked for: `documents()` gives
pairs of a name and bytes."""

import gzip
import io
import os
import struct
import zipfile
import zlib

UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
MIB = 1 << 20


def ubl(number="4711", declaration='<?xml version="1.0" encoding="UTF-8"?>', inside=""):
    """A small UBL invoice as text."""
    return (
        f'{declaration}\n<Invoice xmlns="{UBL}" xmlns:cbc="{CBC}"><cbc:ID>{number}</cbc:ID>'
        "<cbc:IssueDate>2026-03-01</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
        f"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{inside}</Invoice>"
    )


def deflate_bomb(byte, mebibytes):
    """`mebibytes` of one byte as a zlib stream with a right checksum, made quickly: a
    block that ends flushed is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes([byte]) * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    count = mebibytes * MIB
    a = (1 + byte * count) % 65521
    b = (count + byte * count * (count + 1) // 2) % 65521
    return b"\x78\xda" + block * mebibytes + b"\x03\x00" + struct.pack(">I", b << 16 | a)


def pdf(objects, trailer="", table=None):
    """A PDF of numbered objects; object 1 is the catalogue. `table` replaces what follows them."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    if table is not None:
        return bytes(out) + table(len(out))
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        if number in places:
            out += b"%010d 00000 n \n" % places[number]
        else:
            out += b"0000000000 65535 f \n"
    entries = trailer.replace("TABLE", str(start))
    out += f"trailer\n<< /Size {size} /Root 1 0 R {entries} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def stream(data, entries=""):
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def page(content, **more):
    """The objects of one page with `content` as the body of its content stream."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: content,
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    objects.update({int(number): body for number, body in more.get("also", {}).items()})
    return objects


TEXT = b"BT /F1 12 Tf 72 760 Td (Invoice 4711) Tj 0 -20 Td (Total EUR 119.00) Tj ET"


def object_streams_in_a_circle(start):
    """A cross-reference stream whose object streams extend and hold each other."""
    rows = [(0, 0, 0), (2, 6, 0), (2, 6, 1), (2, 6, 2), (2, 6, 3), (2, 6, 4), (2, 7, 0), (2, 6, 5)]
    data = b"".join(struct.pack(">BIB", *row) for row in rows)
    head = f"/Type /XRef /Size {len(rows)} /W [1 4 1] /Root 1 0 R /Prev {start}"
    return b"8 0 obj\n" + stream(data, head) + b"\nendobj\n" + f"startxref\n{start}\n%%EOF\n".encode()


def pdfs():
    flate = "/Filter /FlateDecode"
    twice = zlib.compress(deflate_bomb(ord(" "), 10 * 1024), 9)
    yield "bomb of 10 GiB.pdf", pdf(page(stream(deflate_bomb(ord(" "), 10 * 1024), flate)))
    yield "bomb of 4 GiB.pdf", pdf(page(stream(deflate_bomb(ord("q"), 4 * 1024), flate)))
    yield "bomb of 10 GiB packed twice.pdf", pdf(page(stream(twice, "/Filter [/FlateDecode /FlateDecode]")))
    for name, inner in [("object stream of 4 GiB", deflate_bomb(ord(" "), 4 * 1024))]:
        table = lambda start, inner=inner: (
            b"6 0 obj\n" + stream(inner, f"/Type /ObjStm /N 5 /First 40 {flate}") + b"\nendobj\n"
            + b"trailer\n<< /Size 9 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
        )
        yield f"{name}.pdf", pdf({9: b"null"}, table=table)
    many = {6 + n: stream(deflate_bomb(ord(" "), 200), f"/Type /ObjStm /N 9 /First 9 {flate}") for n in range(40)}
    yield "forty object streams of 200 MiB.pdf", pdf({**page(stream(TEXT)), **many})
    yield "object streams in a circle.pdf", pdf({9: b"null"}, table=object_streams_in_a_circle)
    yield "previous table is itself.pdf", pdf(page(stream(TEXT)), "/Prev TABLE")
    yield "hybrid table is itself.pdf", pdf(page(stream(TEXT)), "/XRefStm TABLE /Prev TABLE")
    yield "length in a circle.pdf", pdf(page(b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream"))
    yield "filters in a circle.pdf", pdf(page(b"<< /Length 5 /Filter 6 0 R >>\nstream\nBT ET\nendstream", also={"6": b"[6 0 R]"}))
    good = pdf(page(stream(TEXT)))
    yield "good.pdf", good
    yield "good with utf-8 mark.pdf", b"\xef\xbb\xbf" + good
    yield "good then 20 MB of noughts.pdf", good + bytes(20 * MIB)
    yield "good cut in half.pdf", good[: len(good) // 2]
    yield "good in mac line ends.pdf", good.replace(b"\n", b"\r")


def xmls():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    yield "billion laughs.xml", ubl("&l9;", f"<!DOCTYPE Invoice [{laughs}]>").encode()
    yield "quadratic blowup.xml", ubl("&a;" * 50_000, f'<!DOCTYPE Invoice [<!ENTITY a "{"x" * 50_000}">]>').encode()
    yield "external entity.xml", ubl("&a;", '<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/passwd">]>').encode()
    yield "external document type.xml", ubl("1", '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/a.dtd">').encode()
    yield "100,000 deep.xml", ubl(inside="<a>" * 100_000 + "</a>" * 100_000).encode()
    yield "100,000 opened.xml", b"<a>" * 100_000
    yield "100,000 attributes.xml", ubl(inside="<a " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>").encode()
    yield "100,000 namespaces.xml", ubl(inside="".join(f'<a xmlns:n{n}="u:{n}"/>' for n in range(100_000))).encode()
    yield "240,000 elements.xml", ubl(inside="<cbc:Note>n</cbc:Note>" * 120_000).encode()
    yield "240,000 bad lines.xml", ubl(inside="<InvoiceLine><LineExtensionAmount>x</LineExtensionAmount></InvoiceLine>" * 80_000).encode()
    yield "a note of 15 MB.xml", ubl(inside=f"<cbc:Note>{'x' * 15_000_000}</cbc:Note>").encode()
    yield "2,000 lines of 9,000 characters.xml", ubl(inside=f"<InvoiceLine><Item><cbc:Name>{'x' * 9_000}</cbc:Name></Item></InvoiceLine>" * 2_000).encode()
    yield "a number of 7 MB.xml", ubl("9" * 7_000_000).encode()
    yield "a number of 19 MB of quotes.xml", ubl('"' * 19_000_000).encode()
    yield "a comment of 7 MB.xml", ubl(inside=f"<!--{'x' * 7_000_000}-->").encode()
    yield "xml of 24 MB.xml", ubl(inside=f"<!--{'x' * 24_000_000}-->").encode()
    yield "an open tag of 7 MB.xml", ubl(inside="<a" * 3_500_000).encode()
    yield "utf-16 with mark.xml", ubl("utf16mark", '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")
    yield "utf-16 le without mark.xml", ubl("utf16le", '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-le")
    yield "utf-16 be without mark.xml", ubl("utf16be", "").strip().encode("utf-16-be")
    yield "utf-16 cut in a unit.xml", ubl("odd", "").encode("utf-16")[:-1]
    yield "utf-32.xml", ubl("utf32", "").encode("utf-32")
    yield "latin-1 said to be utf-8.xml", ubl("Müller").encode("latin-1")
    yield "latin-1.xml", ubl("Müller", '<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1")
    yield "utf-8 said to be utf-16.xml", ubl("Müller", '<?xml version="1.0" encoding="UTF-16"?>').encode()
    yield "in an unknown encoding.xml", ubl("a", '<?xml version="1.0" encoding="klingon"?>').encode()
    yield "ebcdic.xml", ubl("a", '<?xml version="1.0" encoding="IBM037"?>').encode("cp037")
    yield "a nought within.xml", ubl("47\0" + "11").encode()
    yield "a nought by reference.xml", ubl("47&#0;11").encode()
    yield "a surrogate by reference.xml", ubl("47&#xD800;11").encode()
    yield "vast amounts.xml", ubl(
        inside="<LegalMonetaryTotal>"
        + "".join(f"<cbc:{n}>{v}</cbc:{n}>" for n, v in [("LineExtensionAmount", "1" * 40), ("PayableAmount", "1e400"), ("TaxExclusiveAmount", "NaN"), ("TaxInclusiveAmount", "-79228162514264337593543950335")])
        + "</LegalMonetaryTotal>"
    ).encode()
    yield "29 February 2025.xml", ubl().replace("2026-03-01", "2025-02-29").encode()


def others():
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    yield "empty", b""
    yield "one byte", b"%"
    yield "noughts 1 MiB", bytes(MIB)
    yield "noughts 24 MiB", bytes(24 * MIB)
    yield "noughts 64 MiB", bytes(64 * MIB)
    yield "gzip.pdf", gzip.compress(ubl().encode())
    yield "zip.pdf", box.getvalue()
    yield "a word file.pdf", box.getvalue()
    yield "jpeg.pdf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(500)
    yield "png.pdf", b"\x89PNG\r\n\x1a\n" + bytes(500)
    yield "html.pdf", b"<!DOCTYPE html><html><body>Invoice 4711</body></html>"
    yield "text.pdf", "Rechnung 4711 über 119,00 €".encode()
    yield "lines 8 MB", b"\n" * (8 * MIB - 1)
    yield "opening brackets 7 MB", b"<" * (7 * MIB)
    yield "declarations 7 MB", b"<!" * (3 * MIB)
    yield "header and noise.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 4000
    yield "headers 7 MB.pdf", b"%PDF-1.7\n" * 800_000
    yield "objects without end 7 MB.pdf", b"%PDF-1.7\n" + b"1 0 obj\n<<" * 700_000
    yield "objects 7 MB.pdf", b"%PDF-1.7\n" + b"".join(b"%d 0 obj\nnull\nendobj\n" % n for n in range(280_000))
    yield "the same object 7 MB.pdf", b"%PDF-1.7\n" + b"1 0 obj\n[1 0 R]\nendobj\n" * 280_000
    yield "startxref 7 MB.pdf", b"%PDF-1.7\n" + b"startxref\n9\n" * 580_000
    yield "trailers 7 MB.pdf", b"%PDF-1.7\n" + b"trailer\n<< /Prev 9 /Root 1 0 R >>\n" * 200_000


def five_megabytes(number):
    """A readable PDF with 5 MB that do not shrink."""
    return pdf({**page(stream(TEXT + b" %% %d" % number)), 6: stream(os.urandom(5_000_000))})


def documents():
    """Every hostile or odd document."""
    for group in (pdfs, xmls, others):
        yield from group()
