// Every line through JSON.parse, the private strings replaced with digests of node:crypto.
//
// usage: redact.mjs all|one FILE

import * as crypto from "node:crypto";
import { openSync, readSync, writeSync } from "node:fs";

// How much is read and written at a time.
const BUFFER = 256 << 10;

// The members that hold header maps, in exports of the DLQ.
const HEADERS = ["header", "callbackHeader", "failureCallbackHeader"];

const AUTHORIZATION = /^(?:upstash-(?:(?:failure-)?callback-)?forward-)?authorization$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

// One call where this Node has it, which is faster for short values.
const digest = crypto.hash
  ? (data) => crypto.hash("sha256", data, "hex")
  : (data) => crypto.createHash("sha256").update(data).digest("hex");

const placeholder = (data) => (data.length > 0 ? "REDACTED:" + digest(data) : data);

// The value of a header, or each of its values.
function values(held) {
  if (typeof held === "string") return placeholder(held);
  return Array.isArray(held) ? held.map(values) : held;
}

function redactAll(record) {
  if (typeof record.body === "string") record.body = placeholder(record.body);
  const encoded = record.bodyBase64;
  if (typeof encoded === "string" && encoded.length > 0) {
    record.bodyBase64 = placeholder(BASE64.test(encoded) ? Buffer.from(encoded, "base64") : encoded);
  }
  for (const member of HEADERS) {
    const headers = record[member];
    for (const name in headers) headers[name] = values(headers[name]);
  }
}

function redactOne(record) {
  for (const member of HEADERS) {
    const headers = record[member];
    for (const name in headers) {
      if (AUTHORIZATION.test(name)) headers[name] = values(headers[name]);
    }
  }
}

function* lines(path) {
  const file = openSync(path);
  let buffer = Buffer.allocUnsafe(2 * BUFFER);
  // What was read and not given yet lies between these.
  let start = 0;
  let end = 0;
  for (;;) {
    const filled = buffer.subarray(0, end);
    for (let at; (at = filled.indexOf(10, start)) >= 0; start = at + 1) {
      yield buffer.toString("utf8", start, at);
    }
    const larger = end - start > buffer.length / 2 ? Buffer.allocUnsafe(2 * buffer.length) : buffer;
    buffer.copy(larger, 0, start, end);
    [buffer, start, end] = [larger, 0, end - start];
    const count = readSync(file, buffer, end, buffer.length - end);
    if (count === 0) break;
    end += count;
  }
  if (end > 0) yield buffer.toString("utf8", 0, end);
}

function write(text) {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

const [rule, path] = process.argv.slice(2);
const redact = { all: redactAll, one: redactOne }[rule];
let out = "";
for (const line of lines(path)) {
  const record = JSON.parse(line);
  redact(record);
  out += JSON.stringify(record) + "\n";
  if (out.length >= BUFFER) {
    write(out);
    out = "";
  }
}
write(out);
