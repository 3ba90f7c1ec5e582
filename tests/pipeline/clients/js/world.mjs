// The pipeline under test and the destination that messages go to.

import assert from "node:assert/strict";

const env = (name) => process.env[name] ?? assert.fail(`${name} is not set`);

export const PIPELINE = env("PIPELINE_URL");
export const TOKEN = env("PIPELINE_TOKEN");
export const DESTINATION = env("DESTINATION_URL");

const PATIENCE_MS = 60_000;

let keys = 0;
/** A name that no other message has. */
export const newKey = () => `js-${process.pid}-${keys++}`;

/** Waits until `find` finds something, and returns that. */
export async function eventually(what, find) {
  const end = Date.now() + PATIENCE_MS;
  for (let pause = 5; Date.now() < end; pause = Math.min(2 * pause, 200)) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  assert.fail(`not within ${PATIENCE_MS} ms: ${what}`);
}

/** What has arrived under `key`, in order; headers as names and bytes. */
export async function deliveries(key) {
  const answer = await fetch(`${DESTINATION}/control/deliveries/${key}`);
  const list = await answer.json();
  return list.map(({ method, headers, body }) => ({
    method,
    headers: headers.map(([name, value]) => [name, Buffer.from(value, "base64")]),
    body: Buffer.from(body, "base64"),
  }));
}

/** Waits until `count` messages have arrived under `key`, and returns the last. */
export async function delivered(key, count = 1) {
  const list = await eventually(`${count} deliveries of ${key}`, async () => {
    const list = await deliveries(key);
    return list.length >= count && list;
  });
  assert.equal(list.length, count, `deliveries of ${key}`);
  return list.at(-1);
}

/** Lets the destination take what it refused under `key`. */
export const heal = (key) => fetch(`${DESTINATION}/control/heal/${key}`, { method: "POST" });

/** Stands for the clock that says that a schedule is due. */
export async function fire(scheduleId) {
  const answer = await fetch(`${PIPELINE}/test/schedules/${scheduleId}/fire`, {
    method: "POST",
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  assert.equal(answer.status, 200, "fired");
  return (await answer.json()).messageId;
}
