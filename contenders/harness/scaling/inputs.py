"""Inputs that a scanner, or what is behind it, could take too long over."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

# Files are written in blocks of about this many bytes.
BLOCK = 1 << 20

# The shortest of the inputs that are measured in bytes; others are twice and four times as long.
BYTES = 16_000_000

# What the program may end with.
DONE = 0
BAD_INPUT = 3


@dataclass
class Input:
    """An input of any length."""

    name: str
    # Writes the input to a file; gets the file and a length.
    write: Callable
    # The shortest length, in `unit`.
    least: int = BYTES
    unit: str = "bytes"
    code: int = DONE
    # Options of the program behind the rule; `{bad}` stands for a file that is not there yet.
    options: tuple = ()
    # Whether it is read through a pipe in pieces of 1 KiB.
    trickles: bool = False


def filled(before, unit, behind, out, length):
    """Writes `before`, `unit` over and over, and `behind`."""
    block = unit * max(1, BLOCK // len(unit))
    rest = max(1, (length - len(before) - len(behind)) // len(unit)) * len(unit)
    out.write(before)
    while rest > 0:
        out.write(block[:rest])
        rest -= len(block)
    out.write(behind)


def numbered(before, unit, behind, out, count):
    """The same with units that carry a number and a comma, `count` of them."""
    out.write(before)
    for first in range(0, count, 10_000):
        block = (unit % number for number in range(first, min(first + 10_000, count)))
        out.write((b"," if first else b"") + b",".join(block))
    out.write(behind)


def bytes_of(name, before, unit, behind=b"", **more):
    return Input(name, partial(filled, before, unit, behind), **more)


def body(name, unit, behind=b'"}', **more):
    """A body that is one string of units."""
    return bytes_of(f"`body` of {name}", b'{"body":"', unit, behind, **more)


def unknown(name, unit, **more):
    """An unknown member that is one string of units, which stays as it is."""
    return bytes_of(f"an unknown member of {name}", b'{"unknown":"', unit, b'"}', **more)


WIDE = (
    Input(
        "a header map with many names",
        partial(numbered, b'{"header":{', b'"X-Name-%d":["value of it"]', b"}}"),
        least=25_000,
        unit="names",
    ),
    Input(
        "a header map with many names under a rule with 1,000 names",
        partial(numbered, b'{"header":{', b'"X-Name-%d":["value of it"]', b"}}"),
        least=25_000,
        unit="names",
        options=("--fields", ",".join(f"header[X-Name-{number}]" for number in range(1000))),
    ),
    Input(
        "the member `body` many times",
        partial(numbered, b"{", b'"body":"value %d"', b"}"),
        least=250_000,
        unit="members",
    ),
    Input(
        "the same header many times",
        partial(numbered, b'{"header":{', b'"Authorization":["value %d"]', b"}}"),
        least=250_000,
        unit="members",
    ),
    Input(
        "an unknown member many times",
        partial(numbered, b"{", b'"unknown":%d', b"}"),
        least=250_000,
        unit="members",
    ),
    Input(
        "many unknown members",
        partial(numbered, b"{", b'"unknown %d":null', b"}"),
        least=250_000,
        unit="members",
    ),
    Input(
        "many unknown members, listed",
        partial(numbered, b"{", b'"unknown %d":null', b"}"),
        least=250_000,
        unit="members",
        options=("--list-unknown",),
    ),
)

STRINGS = (
    body("plain text", b"a"),
    unknown("plain text", b"a"),
    body("plain text, read in pieces of 1 KiB", b"a", trickles=True),
    body(r"`\n`", rb"\n"),
    unknown(r"`\n`", rb"\n"),
    body(r"`\\`", rb"\\"),
    body(r"`\u00e9`", rb"\u00e9"),
    unknown(r"`\u00e9`", rb"\u00e9"),
    body(r"`\u00e9`, read in pieces of 1 KiB", rb"\u00e9", trickles=True),
    body(r"`\ud83d\ude00`", rb"\ud83d\ude00"),
    body(r"`\ud83d`, lone surrogates", rb"\ud83d"),
    body("`é`", "é".encode()),
    body("`😀`", "😀".encode()),
    body("text that does not end", b"a", behind=b"", code=BAD_INPUT),
    body("escapes that do not end", rb"\n", behind=b"", code=BAD_INPUT),
    body("text with a fault at its end", b"a", behind=b'\xff"}', code=BAD_INPUT),
    bytes_of("base64", b'{"bodyBase64":"', b"QUJD", b'"}'),
    bytes_of("base64 with escapes", b'{"bodyBase64":"', rb"Q\u0055JD", b'"}'),
    bytes_of("base64 but for its end", b'{"bodyBase64":"', b"QUJD", b'!"}'),
    bytes_of("a long header value", b'{"header":{"Authorization":"', b"a", b'"}}'),
    bytes_of("a long URL without a query", b'{"url":"', b"a", b'"}', options=("--fields", "url")),
    bytes_of("a long URL with a query", b'{"url":"', b"a", b'?"}', options=("--fields", "url")),
    bytes_of("a long name of a member", b'{"', b"a", b'":1}'),
    bytes_of("a long name in escapes", b'{"', rb"\u0061", b'":1}'),
    bytes_of("a long name of a header", b'{"header":{"', b"a", b'":"x"}}'),
    bytes_of("a long header name of prefixes", b'{"header":{"', b"Upstash-Forward-", b'":"x"}}'),
    bytes_of("a long name, listed", b'{"', b"a", b'":1}', options=("--list-unknown",)),
)

VALUES = (
    bytes_of("a number of many digits", b'{"rate":', b"7", b"}"),
    bytes_of("a fraction of many digits", b'{"rate":0.', b"7", b"}"),
    bytes_of("an exponent of many digits", b'{"rate":1e', b"7", b"}"),
    bytes_of("a `body` that is a long number", b'{"body":', b"7", b"}"),
    bytes_of("a long number and nothing else", b"", b"7"),
    bytes_of("many numbers", b'{"unknown":[', b"1,", b"1]}"),
    bytes_of("many numbers in a `body`", b'{"body":[', b"1,", b"1]}"),
    bytes_of("many literals", b'{"unknown":[', b"true,false,null,", b"0]}"),
    bytes_of("many values of one header", b'{"header":{"Authorization":[', b'"x",', b'"x"]}}'),
    bytes_of("many empty values", b'{"header":{"Authorization":[', b'"",', b'""]}}'),
    bytes_of(
        "many placeholders",
        b'{"header":{"Authorization":[',
        b'"REDACTED:' + b"0" * 64 + b'",',
        b'""]}}',
    ),
    bytes_of(
        "many values that are nearly placeholders",
        b'{"header":{"Authorization":[',
        b'"REDACTED:' + b"0" * 63 + b'g",',
        b'""]}}',
    ),
)

STRUCTURE = (
    bytes_of("documents nested to the limit", b"", b"[" * 128 + b"]" * 128),
    bytes_of("objects nested to the limit", b"", b'{"a":' * 128 + b"1" + b"}" * 128),
    bytes_of("bodies nested to the limit", b"", b'{"body":' + b"[" * 127 + b"]" * 127 + b"}"),
    bytes_of("arrays nested without end", b"", b"[", code=BAD_INPUT),
    bytes_of("objects nested without end", b"", b'{"a":', code=BAD_INPUT),
    bytes_of("many empty objects in an array", b"[", b"{},", b"{}]"),
    bytes_of("many empty arrays in an array", b"[", b"[],", b"[]]"),
    bytes_of("many small documents", b"", b"{}"),
    bytes_of("many small lines", b"", b'{"body":"x"}\n'),
    bytes_of("many empty lines", b"{}", b"\n", b"{}"),
    bytes_of("blanks in front of a document", b"", b" ", b"{}"),
    bytes_of("blanks behind a document", b"{}", b" "),
    bytes_of("blanks inside a document", b'{"body":', b" ", b'"x"}'),
    bytes_of("blanks inside a `body`", b'{"body":[', b"\t", b"1]}"),
    bytes_of("blanks inside a header map", b'{"header":{', b"\r\n", b'"A":"x"}}'),
    bytes_of("blanks, read in pieces of 1 KiB", b'{"body":', b" ", b'"x"}', trickles=True),
    bytes_of("nothing but blanks", b"", b" "),
    bytes_of("a page of one endless record", b'{"messages":[{"unknown":[', b"1,", b"1]}]}"),
    bytes_of("pages inside pages", b'{"messages":[', b'{"messages":[{"body":"x"}]},', b"{}]}"),
)

# Lines that are no JSON are set aside, and the run goes on. They cost more than others.
SET_ASIDE = {
    "least": 2_000_000,
    "code": BAD_INPUT,
    "options": ("--on-bad", "quarantine={bad}"),
}

BAD_LINES = (
    bytes_of("many bad lines", b"", b"{]\n", **SET_ASIDE),
    bytes_of("many bad lines and good ones", b"", b'{]\n{"body":"x"}\n', **SET_ASIDE),
    bytes_of("one long line that is bad at its start", b"]", b"a", b"\n{}\n", **SET_ASIDE),
    bytes_of("one long line that is bad at its end", b'{"body":"', b"a", b'"]\n{}\n', **SET_ASIDE),
    bytes_of("a string with many line breaks", b'{"body":"', b"a\n", b'"}\n', **SET_ASIDE),
)
