"""Drives the pipeline with the real client: `python driver.py`, with the addresses in the environment.

Prints one line per case that failed, and how many there were; exits with 1 if any failed.
"""

import base64
import json
import os
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from qstash import QStash
from qstash.errors import QStashError
from qstash.log import LogState

from check import arrived, equal, placeholder, shown
from world import DESTINATION, PIPELINE, TOKEN, delivered, deliveries, eventually, fire, heal, new_key

AT_ONCE = 8

client = QStash(TOKEN, retry=False, base_url=PIPELINE)
table = json.loads((Path(__file__).parent.parent / "cases.json").read_text())
# The client prints every page of logs that it reads.
report = sys.stdout
sys.stdout = open(os.devnull, "w")


def raw(body):
    """A body of the table as the client takes it for some methods."""
    if "json" in body:
        return json.dumps(body["json"])
    return body["text"] if "text" in body else base64.b64decode(body["base64"])


def as_bytes(body):
    return body.encode() if isinstance(body, str) else body


@dataclass
class Way:
    """A way to publish: how it sends, and what arrives."""

    send: object
    body: bytes
    content_type: str | None = None
    in_json: bool = False


def plain(send):
    return lambda body: Way(lambda message: send(body=raw(body), **message), as_bytes(raw(body)))


def as_json(send, in_json=False):
    """The value goes to the client, which makes JSON of it."""

    def way(body):
        if "base64" in body:
            return None
        value = body["json"] if "json" in body else body["text"]
        arrives = json.dumps(value).encode()
        return Way(lambda message: send(body=value, **message), arrives, "application/json", in_json)

    return way


def batched(body):
    # A batch is JSON, in which the client cannot write bytes.
    if "base64" in body:
        return None
    text = raw(body)
    return Way(lambda message: client.message.batch([{"body": text, **message}])[0], text.encode(), in_json=True)


WAYS = {
    "publish": plain(client.message.publish),
    "publish_json": as_json(client.message.publish_json),
    "enqueue": plain(lambda **message: client.message.enqueue(queue="a queue", **message)),
    "enqueue_json": as_json(lambda **message: client.message.enqueue_json(queue="a queue", **message)),
    "batch": batched,
    "batch_json": as_json(lambda **message: client.message.batch_json([{"queue": "batched", **message}])[0], True),
}


def message(url, rule, way):
    """What the client is given, and the headers that arrive, as bytes."""
    headers = dict(table["headers"])
    if way.in_json:
        # Elsewhere the client refuses a value beyond ASCII.
        headers[table["unicodeHeader"]["name"]] = table["unicodeHeader"]["value"]
    sent = {name.lower(): value.encode() for name, value in headers.items()}
    if way.content_type:
        sent["content-type"] = way.content_type.encode()
    options = {"url": url, "headers": headers, "retries": 0}
    if "redact" in rule:
        options["redact"] = rule["redact"]
    return options, sent


def publishes(name, rule, body):
    """Publishes and reads everything back."""
    way = WAYS[name](body)
    if way is None:
        return False
    key = new_key()
    options, sent = message(f"{DESTINATION}/ok/{key}", rule, way)
    message_id = way.send(options).message_id
    delivery = delivered(key)
    arrived(delivery, sent, way.body)

    read = client.message.get(message_id)
    equal((read.message_id, read.url), (message_id, options["url"]), "the message")
    shown(read, delivery, rule["hides"])

    def log():
        logs = client.log.list(filter={"message_id": message_id}).logs
        return logs if any(entry.state == LogState.DELIVERED for entry in logs) else None

    logs = eventually("the log of the delivery", log)
    equal(sorted(entry.state.value for entry in logs), ["ACTIVE", "CREATED", "DELIVERED"], "the log")
    for entry in logs:
        shown(entry, delivery, rule["hides"], is_log=True)
    return True


def dead_letters(message_id):
    return client.dlq.list(filter={"message_id": message_id}).messages


def retry(dlq_id):
    """The client has no method for it, so its HTTP is used."""
    answer = client.http.request(path="/v2/dlq/retry", method="POST", params={"dlqIds": dlq_id})
    return [response["messageId"] for response in answer["responses"]]


def fails(kind, name, rule, body):
    """Lets a message fail, reads the dead letter, retries it."""
    way = WAYS[name](body)
    if way is None:
        return False
    key = new_key()
    options, sent = message(f"{DESTINATION}/{kind}/{key}", rule, way)
    message_id = way.send(options).message_id
    dead = eventually("a dead letter", lambda: dead_letters(message_id))[0]
    delivery = delivered(key)
    arrived(delivery, sent, way.body)
    shown(dead, delivery, rule["hides"])
    equal(client.dlq.get(dead.dlq_id), dead, "the dead letter")
    equal(dead.response_status, 500, "the status")
    is_private = rule["hides"]["body"] or bool(rule["hides"]["headers"])
    answered = dead.response_body or dead.response_body_base64
    equal(answered.startswith("REDACTED:"), is_private, "what the destination answered")

    heal(key)
    [retried] = retry(dead.dlq_id)
    arrived(delivered(key, 2), sent, way.body)
    equal(dead_letters(message_id), [], "the dead letters")
    shown(client.message.get(retried), delivery, rule["hides"])
    return True


def deletes():
    """Deletes dead letters in every way."""
    ids = []
    for _ in range(3):
        url = f"{DESTINATION}/fail/{new_key()}"
        published = client.message.publish_json(url=url, body="x", retries=0, redact={"body": True})
        ids.append(eventually("a dead letter", lambda: dead_letters(published.message_id))[0].dlq_id)
    client.dlq.delete(ids[0])
    equal(client.dlq.delete_many(ids[1:]), 2, "how many were deleted")
    for dlq_id in ids:
        refused(lambda: client.dlq.get(dlq_id), 404)
    return True


def schedules(rule, body):
    """Makes a schedule, reads it, writes back what was read, and lets it fire."""
    key = new_key()
    way = Way(None, as_bytes(raw(body)), "text/plain")
    options, sent = message(f"{DESTINATION}/ok/{key}", rule, way)
    options["destination"] = options.pop("url")
    options.update(cron="0 0 1 1 *", body=raw(body), content_type="text/plain")
    schedule_id = client.schedule.create(**options)
    fire(schedule_id)
    delivery = delivered(key)
    arrived(delivery, sent, way.body)
    read = client.schedule.get(schedule_id)
    shown(read, delivery, rule["hides"])
    listed = next(other for other in client.schedule.list() if other.schedule_id == schedule_id)
    equal(listed, read, "the schedule in the list")

    # What was read goes back as it is, but for what cannot be shown as text.
    hidden = read.body_base64 is not None and read.body_base64.startswith("REDACTED:")
    read_back = dict(options, schedule_id=schedule_id, cron="1 1 1 1 *")
    read_back["headers"] = {name: values[0] for name, values in read.headers.items()}
    read_back["content_type"] = read_back["headers"].pop("Content-Type")
    read_back["body"] = read.body_base64 if hidden else raw(body) if read.body is None else read.body
    client.schedule.create(**read_back)
    equal(client.schedule.get(schedule_id).cron, "1 1 1 1 *", "the updated schedule")
    message_id = fire(schedule_id)
    arrived(delivered(key, 2), sent, way.body)
    shown(client.message.get(message_id), delivery, rule["hides"])
    # Without a rule, what was private stays so.
    client.schedule.create(**dict(read_back, redact=None))
    if rule["hides"]["body"] or rule["hides"]["headers"]:
        shown(client.schedule.get(schedule_id), delivery, rule["hides"])

    # Placeholders of something else, and what became of one, are refused and change nothing.
    forged = placeholder(b"something else")
    for forgery in (forged, json.dumps(forged), forged[:40]):
        refused(lambda: client.schedule.create(**dict(read_back, body=forgery)), 412)
    headers = dict(read_back["headers"], Authorization=f"Bearer {forged}")
    refused(lambda: client.schedule.create(**dict(read_back, headers=headers)), 412)
    # Nor does anything private go elsewhere that was only read back.
    if "REDACTED:" in repr(read):
        for place in ("destination", "callback", "failure_callback"):
            elsewhere = {place: f"{DESTINATION}/ok/{new_key()}"}
            refused(lambda: client.schedule.create(**dict(read_back, **elsewhere)), 412)
    fire(schedule_id)
    arrived(delivered(key, 3), sent, way.body)
    client.schedule.delete(schedule_id)
    refused(lambda: client.schedule.get(schedule_id), 404)
    return True


def callback_headers():
    """The client writes them as `Upstash-Callback-Name`; they are as private as others."""
    key = new_key()
    published = client.message.publish(
        url=f"{DESTINATION}/ok/{key}",
        body="x",
        callback=f"{DESTINATION}/ok/{key}-callback?token=secret",
        callback_headers={"Authorization": "Bearer callback-token", "X-Plain": "plain"},
        failure_callback=f"{DESTINATION}/ok/{key}-failure",
        failure_callback_headers={"Authorization": "Bearer failure-token"},
        redact={"header": ["Authorization"]},
    )
    read = client.message.get(published.message_id)
    assert "callback-token" not in repr(read) and "failure-token" not in repr(read), "shown in clear"
    equal(read.callback, placeholder(f"{DESTINATION}/ok/{key}-callback?token=secret".encode()), "the callback")
    equal(read.failure_callback, f"{DESTINATION}/ok/{key}-failure", "the failure callback")
    headers = {"Authorization": [placeholder(b"Bearer callback-token")], "X-Plain": ["plain"]}
    equal(read.callback_headers, headers, "the callback's headers")
    headers = {"Authorization": [placeholder(b"Bearer failure-token")]}
    equal(read.failure_callback_headers, headers, "the failure callback's headers")
    return True


def rule_by_hand():
    """This client would forward a rule that is set by hand, so that it would redact nothing."""
    url = f"{DESTINATION}/ok/{new_key()}"
    headers = {"Upstash-Redact-Fields": "body"}
    refused(lambda: client.message.publish(url=url, body="swordfish", headers=headers), 400)
    return True


def refuses(name, rule):
    """A rule that is not understood lets nothing pass."""
    key = new_key()
    way = WAYS["publish" if name == "schedule" else name]({"json": {"secret": "swordfish"}})
    options, _ = message(f"{DESTINATION}/ok/{key}", rule, way)
    before = len(client.log.list().logs)
    if name == "schedule":
        options["destination"] = options.pop("url")
        refused(lambda: client.schedule.create(cron="0 0 1 1 *", **options), 400)
        equal(client.schedule.list(), [], "the schedules")
    else:
        refused(lambda: way.send(options), 400)
    equal(len(client.log.list().logs), before, "the log")
    equal(deliveries(key), [], "the deliveries")
    return True


def refused(call, status):
    """Checks that a call is refused as QStash refuses, without showing a value."""
    try:
        call()
    except QStashError as error:
        start, text = str(error).split(", body: ", 1)
        equal(start, f"Request failed with status: {status}", "the refusal")
        assert json.loads(text)["error"], "the refusal says nothing"
        assert "swordfish" not in text and "my-token" not in text, "the refusal shows a value"
    else:
        raise AssertionError("it was taken")


def cases():
    for rule in table["rules"]:
        for body in table["bodies"]:
            at = f"{rule['name']}: {body['name']}"
            for name in WAYS:
                yield f"{name}: {at}", publishes, (name, rule, body)
            for kind, name in (("fail", "publish"), ("echo", "enqueue"), ("fail", "batch_json")):
                yield f"{kind}, {name}: {at}", fails, (kind, name, rule, body)
            yield f"schedule: {at}", schedules, (rule, body)
    yield "delete dead letters", deletes, ()
    yield "callback headers", callback_headers, ()
    yield "a rule by hand", rule_by_hand, ()


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    cannot: int = 0


def run(case):
    name, test, arguments = case
    try:
        return test(*arguments), None
    except Exception:
        return False, f"FAILED {name}: {traceback.format_exc()}"


def main():
    counts = Counts()
    # One after the other, and before the others, since they count what is in the log.
    alone = [
        (f"{name} is refused: {rule['name']}", refuses, (name, rule))
        for name in [*WAYS, "schedule"]
        for rule in table["refused"]
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for passed, failure in [*map(run, alone), *pool.map(run, cases())]:
            if failure:
                counts.failed += 1
                print(failure, file=report)
            elif passed:
                counts.passed += 1
            else:
                counts.cannot += 1
    print(
        f"{counts.passed} cases passed, {counts.failed} failed; {counts.cannot} this client cannot send",
        file=report,
    )
    return 0 if counts.failed == 0 and counts.passed > 0 else 1


sys.exit(main())
