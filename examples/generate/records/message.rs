//! Messages, and messages of the DLQ.

use super::{RETRY_DELAY, URLS};
use crate::generator::Generator;
use crate::headers::{FORWARD, Values};

/// `GET /v2/messages/{id}`.
pub(crate) fn message(generator: &mut Generator) {
    generator.begin_record();
    generator.text("messageId", "msg_%k%k");
    generator.sent();
    generator.end_record();
}

/// An element of `GET /v2/dlq`.
pub(crate) fn dlq(generator: &mut Generator) {
    generator.begin_record();
    generator.text("messageId", "msg_%k%k");
    generator.text("dlqId", "%t-%d");
    generator.sent();
    generator.answered();
    generator.end_record();
}

impl Generator {
    /// A member with one of the usual URLs.
    pub(super) fn url(&mut self, name: &str) {
        let url = self.random.pick(&URLS);
        self.text(name, url);
    }

    /// The members that say what was to be delivered, where and how.
    pub(super) fn sent(&mut self) {
        self.url("url");
        if self.random.chance(30) {
            self.text("topicName", "%w-subscribers");
            self.text("endpointName", "%w-%d");
        }
        self.text("method", "POST");
        // With `Upstash-Header-Forward: true` names stay as the request had them.
        let prefix = if self.random.chance(10) { FORWARD } else { "" };
        self.request_headers("header", Values::Lists, prefix);
        self.body("body", "bodyBase64");
        self.number("maxRetries", 10);
        self.sometimes(20, "retryDelayExpression", RETRY_DELAY);
        self.time("notBefore");
        self.time("createdAt");
        if self.random.chance(30) {
            self.url("callback");
        }
        if self.random.chance(30) {
            self.url("failureCallback");
        }
        self.sometimes(25, "queueName", "%w-queue");
        self.sometimes(15, "scheduleId", "scd_%k");
        self.text("callerIP", "%i");
        self.sometimes(20, "label", "%w");
        if self.random.chance(10) {
            self.json.key("labels");
            self.json.raw("[");
            self.string("%w");
            self.json.next();
            self.string("%w-%d");
            self.json.raw("]");
        }
        if self.random.chance(15) {
            self.flow_control();
        }
    }

    /// The members that hold a rate: one of 8 beyond the signed 64-bit range.
    pub(super) fn flow_control(&mut self) {
        self.text("flowControlKey", "tenant-%d");
        if self.random.chance(12) {
            self.json.token("rate", "9223372036854775808");
        } else {
            self.number("rate", 1_000);
        }
        self.number("period", 3_600);
        self.number("parallelism", 50);
    }

    /// The members that say how delivery failed.
    pub(super) fn answered(&mut self) {
        if self.random.chance(80) {
            let status = self
                .random
                .pick(&[400, 401, 404, 429, 489, 500, 502, 503, 504]);
            self.json.number("responseStatus", status);
            self.response_headers("responseHeader");
            let length = self.answer_length();
            if self.random.chance(10) {
                self.base64_body("responseBodyBase64", length);
            } else {
                self.text_body("responseBody", length);
            }
        }
        if self.random.chance(10) {
            self.request_headers("callbackHeader", Values::Lists, "");
        }
        if self.random.chance(10) {
            self.request_headers("failureCallbackHeader", Values::Lists, "");
        }
    }
}
