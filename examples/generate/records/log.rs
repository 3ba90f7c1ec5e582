//! Logs and events, whose bodies are base64.

use super::RETRY_DELAY;
use crate::generator::Generator;
use crate::headers::Values;

const STATES: [&str; 8] = [
    "CREATED",
    "ACTIVE",
    "RETRY",
    "ERROR",
    "IN_PROGRESS",
    "DELIVERED",
    "FAILED",
    "CANCELED",
];

/// What went wrong, as failing destinations and resolvers put it; some repeat what they were sent.
const ERRORS: [&str; 4] = [
    "Post \"https://api.example.com/%w?token=fake-%k\": context deadline exceeded",
    "dial tcp: lookup %w.internal.example.com: no such host",
    "{\"error\":\"invalid signature\",\"received\":\"fake-%k\"}",
    "tls: failed to verify certificate: x509: certificate has expired <%w>",
];

/// An element of `GET /v2/logs`.
pub(crate) fn log(generator: &mut Generator) {
    generator.begin_record();
    generator.entry(None);
    generator.end_record();
}

/// An element of grouped events: those of one message.
pub(crate) fn group(generator: &mut Generator) {
    generator.begin_record();
    generator.text("messageId", "msg_%k%k");
    generator.json.key("events");
    generator.json.raw("[");
    for state in ["CREATED", "ACTIVE", "ERROR"]
        .into_iter()
        .take(1 + generator.random.below(3))
    {
        generator.json.next();
        generator.json.raw("{");
        generator.entry(Some(state));
        generator.json.raw("}");
    }
    generator.json.raw("]");
    generator.end_record();
}

impl Generator {
    fn entry(&mut self, state: Option<&'static str>) {
        let state = state.unwrap_or_else(|| self.random.pick(&STATES));
        self.time("time");
        self.text("messageId", "msg_%k%k");
        self.request_headers("header", Values::Lists, "");
        let length = self.body_length();
        self.base64_body("body", length);
        self.text("state", state);
        if matches!(state, "ERROR" | "FAILED") {
            let error = self.random.pick(&ERRORS);
            self.text("error", error);
        }
        if state == "RETRY" {
            self.time("nextDeliveryTime");
        }
        self.url("url");
        if self.random.chance(30) {
            self.text("topicName", "%w-subscribers");
            self.text("endpointName", "%w-%d");
        }
        self.sometimes(15, "scheduleId", "scd_%k");
        self.sometimes(25, "queueName", "%w-queue");
        if !matches!(state, "CREATED" | "ACTIVE") {
            self.json.number("responseStatus", 500);
            let length = self.answer_length();
            self.base64_body("responseBody", length);
            let name = self.random.pick(&["responseHeaders", "responseHeader"]);
            self.response_headers(name);
        }
        self.number("timeout", 900);
        self.text("method", "POST");
        if self.random.chance(15) {
            self.url("callback");
            self.request_headers("callbackHeaders", Values::Lists, "");
        }
        if self.random.chance(15) {
            self.url("failureCallback");
            self.request_headers("failureCallbackHeaders", Values::Lists, "");
        }
        self.number("maxRetries", 10);
        self.sometimes(20, "retryDelayExpression", RETRY_DELAY);
        self.sometimes(20, "label", "%w");
    }
}
