"""What is compared: what was sent, what arrived, and what is shown."""

import base64
import hashlib

# Headers that the pipeline and HTTP add on their own, and which are not shown.
ADDED = {"content-length", "host", "upstash-message-id", "upstash-retried", "user-agent"}


def placeholder(value):
    return "REDACTED:" + hashlib.sha256(value).hexdigest()


def equal(found, expected, what):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"


def users_headers(delivery):
    """The headers that arrived and were the user's, as names in lower case and bytes."""
    return {name: value for name, value in delivery["headers"] if name not in ADDED}


def arrived(delivery, headers, body):
    """Checks that exactly what was sent arrived."""
    equal(delivery["method"], "POST", "the method that arrived")
    equal(users_headers(delivery), headers, "the headers that arrived")
    equal(delivery["body"], body, "the body that arrived")


def shown(record, delivery, hides, is_log=False):
    """Checks a record against what arrived: hidden is the placeholder of exactly those bytes, and the
    rest is as it was sent."""
    users = users_headers(delivery)
    names = [name.lower() for name in record.headers or {}]
    equal(sorted(names), sorted(users), "the headers that are shown")
    for name, values in (record.headers or {}).items():
        value = users[name.lower()]
        is_hidden = hides["headers"] == "all" or name.lower() in hides["headers"]
        expected = placeholder(value) if is_hidden and value else value.decode(errors="replace")
        equal(values, [expected], f"the header {name}")
    body = delivery["body"]
    text, encoded = (None, record.body_base64) if is_log else (record.body, record.body_base64)
    try:
        clear = (None, base64.b64encode(body).decode()) if is_log else (body.decode(), None)
    except UnicodeDecodeError:
        clear = (None, base64.b64encode(body).decode())
    if hides["body"] and body:
        clear = tuple(None if half is None else placeholder(body) for half in clear)
    equal((text, encoded), clear, "the body")
