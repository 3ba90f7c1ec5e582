// Drives the pipeline with the real client: `node driver.mjs PACKAGE`, with the addresses in the environment.
//
// Prints one line per case that failed, and how many there were; exits with 1 if any failed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { arrived, placeholder, shown } from "./check.mjs";
import { DESTINATION, PIPELINE, TOKEN, delivered, deliveries, eventually, fire, heal, newKey } from "./world.mjs";

const { Client } = await import(process.argv[2]);
const client = new Client({ baseUrl: PIPELINE, token: TOKEN, retry: false, enableTelemetry: false });
const table = JSON.parse(readFileSync(new URL("../cases.json", import.meta.url), "utf8"));
// The client logs every error that it throws; those that are wanted would only confuse.
console.error = () => {};

const AT_ONCE = 16;

/** A body of the table as the client takes it: raw for some methods, a value for others. */
const raw = (body) =>
  "json" in body ? JSON.stringify(body.json)
  : "text" in body ? body.text
  : new Uint8Array(Buffer.from(body.base64, "base64"));
const value = (body) => ("json" in body ? body.json : "text" in body ? body.text : undefined);
const bytes = (raw) => Buffer.from(raw);
/** What `fetch` says that text is, if nobody else says it. */
const typeOf = (raw) => (typeof raw === "string" ? "text/plain;charset=UTF-8" : undefined);

/** The ways to publish: what is sent, and which bytes arrive. `null` if the way cannot carry the body. */
const ways = {
  publish: (message, body) => plain(body, (body) => client.publish({ ...message, body })),
  publishJSON: (message, body) => json(body, (body) => client.publishJSON({ ...message, body })),
  enqueue: (message, body) => plain(body, (body) => queue().enqueue({ ...message, body })),
  enqueueJSON: (message, body) => json(body, (body) => queue().enqueueJSON({ ...message, body })),
  batch: (message, body) => ({
    send: async () => (await client.batch([{ ...message, body: raw(body) }]))[0],
    // A batch is JSON, so that the client writes bytes as an object of numbers; so they arrive.
    body: typeof raw(body) === "string" ? bytes(raw(body)) : bytes(JSON.stringify(raw(body))),
    inJson: true,
  }),
  batchJSON: (message, body) => {
    const way = json(body, async (body) => (await client.batchJSON([{ ...message, queueName: "batched", body }]))[0]);
    return way && { ...way, inJson: true };
  },
};
const queue = () => client.queue({ queueName: "a queue" });
const plain = (body, send) => ({ send: () => send(raw(body)), body: bytes(raw(body)), contentType: typeOf(raw(body)) });
const json = (body, send) =>
  value(body) === undefined ? null : {
    send: () => send(value(body)),
    body: bytes(JSON.stringify(value(body))),
    contentType: "application/json",
  };

/** What the client is given, and the headers that arrive, as bytes. */
function message(target, rule, { inJson, contentType } = {}) {
  const { name, value } = table.unicodeHeader;
  const headers = { ...table.headers, [name]: value };
  // In a header of HTTP the client writes Latin-1; in the JSON of a batch it is UTF-8.
  const encoding = inJson ? "utf8" : "latin1";
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Buffer.from(value, encoding)]);
  if (contentType) sent.push(["content-type", Buffer.from(contentType)]);
  return { request: { url: target, headers, redact: rule.redact, retries: 0 }, sent };
}

/** Publishes and reads everything back. */
async function publishes(way, rule, body) {
  const key = newKey();
  const target = `${DESTINATION}/ok/${key}`;
  // The way says how it sends; the message, what.
  const form = ways[way]({}, body);
  if (!form) return false;
  const { request, sent } = message(target, rule, form);
  const { messageId } = await ways[way](request, body).send();
  const delivery = await delivered(key);
  arrived(delivery, { headers: sent, body: form.body });

  const read = await client.messages.get(messageId);
  assert.equal(read.messageId, messageId);
  assert.equal(read.url, target);
  shown(read, delivery, rule.hides);

  const logs = await eventually("the log of the delivery", async () => {
    const { logs } = await client.logs({ filter: { messageId } });
    return logs.some(({ state }) => state === "DELIVERED") && logs;
  });
  assert.deepEqual(logs.map(({ state }) => state).sort(), ["ACTIVE", "CREATED", "DELIVERED"]);
  for (const log of logs) shown(log, delivery, rule.hides, { isLog: true });
  return true;
}

/** Lets a message fail, reads the dead letter, retries it. */
async function fails(kind, way, rule, body) {
  const key = newKey();
  const target = `${DESTINATION}/${kind}/${key}`;
  const form = ways[way]({}, body);
  if (!form) return false;
  const { request, sent } = message(target, rule, form);
  const { messageId } = await ways[way](request, body).send();
  const dead = await deadLetter(messageId);
  const delivery = await delivered(key);
  arrived(delivery, { headers: sent, body: form.body });
  shown(dead, delivery, rule.hides);
  assert.equal(dead.responseStatus, 500);
  const isPrivate = rule.hides.body || rule.hides.headers.length > 0;
  const answered = dead.responseBody ?? dead.responseBodyBase64;
  assert.equal(answered.startsWith("REDACTED:"), isPrivate, "what the destination answered");
  const [only] = (await client.dlq.listMessages({ dlqIds: [dead.dlqId] })).messages;
  assert.deepEqual(only, dead);

  await heal(key);
  const { responses } = await client.dlq.retry(dead.dlqId);
  assert.equal(responses.length, 1);
  arrived(await delivered(key, 2), { headers: sent, body: form.body });
  assert.equal((await client.dlq.listMessages({ filter: { messageId } })).messages.length, 0);
  shown(await client.messages.get(responses[0].messageId), delivery, rule.hides);
  return true;
}

const deadLetter = (messageId) =>
  eventually("a dead letter", async () => (await client.dlq.listMessages({ filter: { messageId } })).messages[0]);

/** Deletes dead letters in every way. */
async function deletes() {
  const dead = async () => {
    const url = `${DESTINATION}/fail/${newKey()}`;
    const { messageId } = await client.publishJSON({ url, body: "x", retries: 0, redact: { body: true } });
    return (await deadLetter(messageId)).dlqId;
  };
  const [one, two, three] = await Promise.all([dead(), dead(), dead()]);
  await client.dlq.delete(one);
  assert.equal((await client.dlq.delete([two, three])).deleted, 2);
  assert.equal((await client.dlq.listMessages({ dlqIds: [one, two, three] })).messages.length, 0);
  await assert.rejects(client.dlq.delete(one), is(404));
  return true;
}

/** Makes a schedule, reads it, writes back what was read, and lets it fire. */
async function schedules(rule, body) {
  const key = newKey();
  const target = `${DESTINATION}/ok/${key}`;
  const { request, sent } = message(target, rule, { contentType: "application/json" });
  const { url: destination, ...options } = request;
  const create = (changes) => client.schedules.create({ destination, cron: "0 0 1 1 *", ...options, body: raw(body), ...changes });
  const { scheduleId } = await create();
  const original = { headers: sent, body: bytes(raw(body)) };
  await fire(scheduleId);
  const delivery = await delivered(key);
  arrived(delivery, original);
  const read = await client.schedules.get(scheduleId);
  shown(read, delivery, rule.hides);
  const listed = (await client.schedules.list()).find((other) => other.scheduleId === scheduleId);
  assert.deepEqual(listed, read);

  // What was read goes back as it is, but for what cannot be shown as text.
  const readBack = {
    scheduleId,
    cron: "1 1 1 1 *",
    headers: Object.fromEntries(Object.entries(read.header).map(([name, [value]]) => [name, value])),
    body: read.body ?? raw(body),
  };
  const { name, value } = table.unicodeHeader;
  if (!readBack.headers[name].startsWith("REDACTED:")) readBack.headers[name] = value;
  if (read.bodyBase64?.startsWith("REDACTED:")) readBack.body = read.bodyBase64;
  await create(readBack);
  assert.equal((await client.schedules.get(scheduleId)).cron, "1 1 1 1 *");
  const messageId = await fire(scheduleId);
  arrived(await delivered(key, 2), original);
  shown(await client.messages.get(messageId), delivery, rule.hides);
  // Without a rule, what was private stays so.
  await create({ ...readBack, redact: undefined });
  if (rule.hides.body || rule.hides.headers.length > 0) {
    shown(await client.schedules.get(scheduleId), delivery, rule.hides);
  }

  // Placeholders of something else, and what became of one, are refused and change nothing.
  const forged = placeholder("something else");
  for (const body of [forged, `"${forged}"`, forged.slice(0, 40)]) {
    await assert.rejects(create({ ...readBack, body }), is(412));
  }
  await assert.rejects(create({ ...readBack, headers: { ...readBack.headers, Authorization: `Bearer ${forged}` } }), is(412));
  // Nor does anything private go elsewhere that was only read back.
  if (JSON.stringify(read).includes("REDACTED:")) {
    for (const place of ["destination", "callback", "failureCallback"]) {
      await assert.rejects(create({ ...readBack, [place]: `${DESTINATION}/ok/${newKey()}` }), is(412));
    }
  }
  await fire(scheduleId);
  arrived(await delivered(key, 3), original);
  await client.schedules.delete(scheduleId);
  await assert.rejects(client.schedules.get(scheduleId), is(404));
  return true;
}

/** A destination whose URL holds secrets shows none, and is kept when it is written back. */
async function scheduleWithSecretUrl() {
  const key = newKey();
  const destination = `${DESTINATION.replace("://", "://user:password@")}/ok/${key}?token=secret`;
  const { scheduleId } = await client.schedules.create({ destination, cron: "0 0 1 1 *" });
  const read = await client.schedules.get(scheduleId);
  assert.equal(read.destination, placeholder(destination));
  await client.schedules.create({ destination: read.destination, cron: "1 1 1 1 *", scheduleId });
  await fire(scheduleId);
  const { headers } = await delivered(key);
  const authorization = headers.find(([name]) => name === "authorization")[1];
  assert.equal(authorization.toString(), `Basic ${Buffer.from("user:password").toString("base64")}`);
  return true;
}

/** Callbacks are as private as the message itself. */
async function callbacks() {
  const callback = `${DESTINATION}/ok/callback`;
  const { messageId } = await client.publishJSON({
    url: `${DESTINATION}/ok/${newKey()}`,
    body: "x",
    callback: `${callback}?token=secret`,
    failureCallback: callback,
    headers: {
      "Upstash-Callback-Forward-Authorization": "Bearer callback",
      "Upstash-Callback-Forward-X-Plain": "plain",
      "Upstash-Failure-Callback-Forward-Authorization": "Bearer failure",
    },
    redact: { header: ["Authorization"] },
  });
  const read = await client.messages.get(messageId);
  assert.equal(read.callback, placeholder(`${callback}?token=secret`));
  assert.equal(read.failureCallback, callback);
  assert.deepEqual(read.callbackHeader, { Authorization: [placeholder("Bearer callback")], "X-Plain": ["plain"] });
  assert.deepEqual(read.failureCallbackHeader, { Authorization: [placeholder("Bearer failure")] });
  return true;
}

/** This client passes on a rule that is set by hand. */
async function ruleByHand() {
  const url = `${DESTINATION}/ok/${newKey()}`;
  const { messageId } = await client.publishJSON({ url, body: "x", headers: { "Upstash-Redact-Fields": "BODY, headers[ x-a ]" } });
  assert.equal((await client.messages.get(messageId)).body, placeholder('"x"'));
  return true;
}

/** A rule that is not understood lets nothing pass. */
async function refuses(way, rule) {
  const key = newKey();
  const body = { json: { secret: "swordfish" } };
  const { request } = message(`${DESTINATION}/ok/${key}`, rule);
  const before = (await client.logs()).logs.length;
  const call = way === "schedule"
    ? () => client.schedules.create({ ...request, destination: request.url, cron: "0 0 1 1 *" })
    : ways[way](request, body).send;
  const error = await call().then(() => assert.fail("it was taken"), (error) => error);
  assert.equal(error.status, 400);
  assert.match(JSON.parse(error.message).error, /./);
  assert.ok(!/swordfish|my-token/.test(error.message));
  assert.equal((await client.logs()).logs.length, before, "something was stored");
  assert.equal((await deliveries(key)).length, 0);
  return true;
}

const is = (status) => (error) => error.status === status && typeof JSON.parse(error.message).error === "string";

const cases = [];
for (const rule of table.rules) {
  for (const body of table.bodies) {
    for (const way of Object.keys(ways)) {
      cases.push([`${way}: ${rule.name}: ${body.name}`, () => publishes(way, rule, body)]);
    }
    for (const [kind, way] of [["fail", "publish"], ["echo", "enqueue"], ["fail", "batchJSON"]]) {
      cases.push([`${kind}, ${way}: ${rule.name}: ${body.name}`, () => fails(kind, way, rule, body)]);
    }
    cases.push([`schedule: ${rule.name}: ${body.name}`, () => schedules(rule, body)]);
  }
}
cases.push(
  ["delete dead letters", deletes],
  ["a schedule with a secret in its URL", scheduleWithSecretUrl],
  ["callbacks", callbacks],
  ["a rule by hand", ruleByHand],
);
// One after the other, and before the others, since they count what is in the log.
const alone = [...Object.keys(ways), "schedule"].flatMap((way) =>
  table.refused.map((rule) => [`${way} is refused: ${rule.name}`, () => refuses(way, rule)]));

const counts = { passed: 0, failed: 0, cannot: 0 };
async function run([name, test]) {
  try {
    counts[(await test()) ? "passed" : "cannot"]++;
  } catch (error) {
    counts.failed++;
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
  }
}
for (const test of alone) await run(test);
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let test = cases.shift(); test; test = cases.shift()) await run(test);
}));
console.log(`${counts.passed} cases passed, ${counts.failed} failed; ${counts.cannot} this client cannot send`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
