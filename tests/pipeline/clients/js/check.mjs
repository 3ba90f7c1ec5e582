// What is compared: what was sent, what arrived, and what is shown.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** Headers that the pipeline and HTTP add on their own, and which are not shown. */
const ADDED = ["content-length", "host", "upstash-message-id", "upstash-retried", "user-agent"];

export const placeholder = (bytes) =>
  `REDACTED:${createHash("sha256").update(bytes).digest("hex")}`;

/** The headers that arrived and were the user's, as names in lower case and bytes. */
export function usersHeaders(delivery) {
  return delivery.headers.filter(([name]) => !ADDED.includes(name));
}

/** Checks that exactly what was sent arrived. `sent.headers` are names in lower case and bytes. */
export function arrived(delivery, sent) {
  assert.equal(delivery.method, sent.method ?? "POST");
  const headers = usersHeaders(delivery).map(([name, value]) => [name, value.toString("latin1")]);
  const expected = sent.headers.map(([name, value]) => [name, value.toString("latin1")]);
  assert.deepEqual(headers.sort(), expected.sort(), "the headers that arrived");
  assert.ok(delivery.body.equals(sent.body), "the body that arrived");
}

/**
 * Checks a record against what arrived: hidden is the placeholder of exactly those bytes, and the rest
 * is as it was sent.
 */
export function shown(record, delivery, hides, { isLog = false } = {}) {
  const users = usersHeaders(delivery);
  const names = Object.keys(record.header ?? {}).map((name) => name.toLowerCase());
  assert.deepEqual(names.sort(), users.map(([name]) => name).sort(), "the headers that are shown");
  for (const [name, values] of Object.entries(record.header ?? {})) {
    const bytes = users.find(([other]) => other === name.toLowerCase())[1];
    const isHidden = hides.headers === "all" || hides.headers.includes(name.toLowerCase());
    const expected = isHidden && bytes.length > 0 ? placeholder(bytes) : bytes.toString("utf8");
    assert.deepEqual(values, [expected], `the header ${name}`);
  }
  const { body } = delivery;
  const isText = Buffer.from(body.toString("utf8")).equals(body);
  const [name, other] = isText || isLog ? ["body", "bodyBase64"] : ["bodyBase64", "body"];
  const clear = isText && !isLog ? body.toString("utf8") : body.toString("base64");
  assert.equal(record[other], undefined, `there is no ${other}`);
  assert.equal(record[name], hides.body && body.length > 0 ? placeholder(body) : clear, `the ${name}`);
}
