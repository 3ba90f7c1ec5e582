"""Every line through orjson, the private strings replaced with hashlib's digests.

usage: redact.py all|one FILE
"""

import sys
from binascii import Error as NotBase64
from binascii import a2b_base64
from hashlib import sha256

import orjson

# How much is read and written at a time.
BUFFER = 256 << 10

# The members that hold header maps, in exports of the DLQ.
HEADERS = ("header", "callbackHeader", "failureCallbackHeader")

# The names that `header[Authorization]` means: with and without what requests put before them.
AUTHORIZATION = frozenset(
    prefix + "authorization"
    for prefix in (
        "",
        "upstash-forward-",
        "upstash-callback-forward-",
        "upstash-failure-callback-forward-",
    )
)


def placeholder(data):
    return "REDACTED:" + sha256(data).hexdigest()


def text(value):
    return placeholder(value.encode()) if value else value


def base64(value):
    try:
        return placeholder(a2b_base64(value, strict_mode=True)) if value else value
    except NotBase64:
        return text(value)


def values(held):
    """The value of a header, or each of its values."""
    if isinstance(held, str):
        return text(held)
    if isinstance(held, list):
        return [values(value) for value in held]
    return held


def redact_all(record):
    if isinstance(body := record.get("body"), str):
        record["body"] = text(body)
    if isinstance(body := record.get("bodyBase64"), str):
        record["bodyBase64"] = base64(body)
    for member in HEADERS:
        if isinstance(headers := record.get(member), dict):
            for name, held in headers.items():
                headers[name] = values(held)


def redact_one(record):
    for member in HEADERS:
        if isinstance(headers := record.get(member), dict):
            for name, held in headers.items():
                if name.lower() in AUTHORIZATION:
                    headers[name] = values(held)


def main():
    rule, path = sys.argv[1:]
    redact = {"all": redact_all, "one": redact_one}[rule]
    loads, dumps, line_break = orjson.loads, orjson.dumps, orjson.OPT_APPEND_NEWLINE
    with open(path, "rb", BUFFER) as lines, open(1, "wb", BUFFER, closefd=False) as out:
        for line in lines:
            record = loads(line)
            redact(record)
            out.write(dumps(record, option=line_break))


main()
