//! What goes out: elements of a batch request, and the payloads of callbacks.

use crate::generator::Generator;
use crate::headers::{FORWARD, Values};

/// An element of `POST /v2/batch`.
pub(crate) fn batch(generator: &mut Generator) {
    generator.begin_record();
    generator.url("destination");
    generator.sometimes(30, "queue", "%w-queue");
    generator.request_headers("headers", Values::Strings, FORWARD);
    match generator.random.below(20) {
        0 => generator.json.token("body", "null"),
        // Some clients forget to serialize.
        1 => {
            generator.json.key("body");
            generator.json.raw("{");
            generator.text("token", "fake-%k");
            generator.number("count", 100);
            generator.json.raw("}");
        }
        _ => {
            let length = generator.body_length();
            generator.text_body("body", length);
        }
    }
    generator.end_record();
}

/// The body of a request to a callback.
pub(crate) fn callback(generator: &mut Generator) {
    generator.begin_record();
    generator.json.number("status", 200);
    generator.response_headers("header");
    let length = generator.body_length();
    generator.base64_body("body", length);
    generator.number("retried", 4);
    generator.number("maxRetries", 10);
    generator.text("sourceMessageId", "msg_%k%k");
    generator.text("topicName", "%w-subscribers");
    generator.text("endpointName", "%w-%d");
    generator.url("url");
    generator.text("method", "POST");
    generator.request_headers("sourceHeader", Values::Lists, "");
    let length = generator.body_length();
    generator.base64_body("sourceBody", length);
    generator.text("notBefore", "%t");
    generator.text("createdAt", "%t");
    generator.sometimes(30, "scheduleId", "scd_%k");
    generator.text("callerIP", "%i");
    generator.end_record();
}
