"""The pipeline under test and the destination that messages go to."""

import base64
import itertools
import json
import os
import time
import urllib.request

PIPELINE = os.environ["PIPELINE_URL"]
TOKEN = os.environ["PIPELINE_TOKEN"]
DESTINATION = os.environ["DESTINATION_URL"]

PATIENCE_SECONDS = 60

_keys = itertools.count()


def new_key():
    """A name that no other message has."""
    return f"py-{os.getpid()}-{next(_keys)}"


def eventually(what, find):
    """Waits until `find` finds something, and returns that."""
    end = time.monotonic() + PATIENCE_SECONDS
    pause = 0.005
    while time.monotonic() < end:
        found = find()
        if found:
            return found
        time.sleep(pause)
        pause = min(2 * pause, 0.2)
    raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}")


def _call(url, method="GET", headers={}):
    request = urllib.request.Request(url, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def deliveries(key):
    """What has arrived under `key`, in order; headers as names and bytes."""
    arrived = json.loads(_call(f"{DESTINATION}/control/deliveries/{key}"))
    for delivery in arrived:
        delivery["headers"] = [(name, base64.b64decode(value)) for name, value in delivery["headers"]]
        delivery["body"] = base64.b64decode(delivery["body"])
    return arrived


def delivered(key, count=1):
    """Waits until `count` messages have arrived under `key`, and returns the last."""

    def enough():
        arrived = deliveries(key)
        return arrived if len(arrived) >= count else None

    arrived = eventually(f"{count} deliveries of {key}", enough)
    assert len(arrived) == count, f"{len(arrived)} deliveries of {key}"
    return arrived[-1]


def heal(key):
    """Lets the destination take what it refused under `key`."""
    _call(f"{DESTINATION}/control/heal/{key}", "POST")


def fire(schedule_id):
    """Stands for the clock that says that a schedule is due."""
    url = f"{PIPELINE}/test/schedules/{schedule_id}/fire"
    return json.loads(_call(url, "POST", {"Authorization": f"Bearer {TOKEN}"}))["messageId"]
