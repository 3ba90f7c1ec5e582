//! Runs of workflows, and their messages of the DLQ.

use crate::generator::Generator;
use crate::headers::Values;

/// An element of `GET /v2/workflows/logs`.
pub(crate) fn run(generator: &mut Generator) {
    generator.begin_record();
    generator.text("workflowRunId", "wfr_%k");
    generator.url("workflowUrl");
    let state =
        generator
            .random
            .pick(&["RUN_STARTED", "RUN_SUCCESS", "RUN_FAILED", "RUN_CANCELED"]);
    generator.text("workflowState", state);
    generator.time("workflowRunCreatedAt");
    generator.time("workflowRunCompletedAt");
    generator.text("workflowRunCallerIp", "%i");
    if state == "RUN_SUCCESS" {
        let length = generator.answer_length();
        generator.text_body("workflowRunResponse", length);
    }
    if state == "RUN_FAILED" {
        let length = generator.answer_length();
        generator.json.key("failureFunction");
        generator.json.raw("{");
        generator.text_body("failResponse", length);
        generator.response_headers("failHeaders");
        generator.json.raw("}");
    }
    generator.json.key("steps");
    generator.json.raw("[");
    generator.steps("sequential", &[Step::Initial]);
    generator.steps("parallel", &[Step::Run, Step::Call]);
    let last = generator
        .random
        .pick(&[Step::Invoke, Step::Wait, Step::Run]);
    generator.steps("sequential", &[last]);
    generator.json.raw("]");
    generator.end_record();
}

/// An element of `GET /v2/workflows/dlq`.
pub(crate) fn dlq(generator: &mut Generator) {
    generator.begin_record();
    generator.text("messageId", "msg_%k%k");
    generator.sent();
    generator.text("workflowRunId", "wfr_%k");
    generator.time("workflowCreatedAt");
    generator.url("workflowUrl");
    generator.answered();
    generator.json.key("failureCallbackInfo");
    generator.json.raw("{");
    generator.text("state", "CALLBACK_SUCCESS");
    generator.json.number("responseStatus", 200);
    let length = generator.answer_length();
    generator.text_body("responseBody", length);
    generator.response_headers("responseHeaders");
    generator.json.raw("}");
    generator.text("dlqId", "%t-%d");
    generator.end_record();
}

#[derive(Clone, Copy)]
enum Step {
    Initial,
    Run,
    Call,
    Invoke,
    Wait,
}

impl Generator {
    fn steps(&mut self, kind: &str, steps: &[Step]) {
        self.json.next();
        self.json.raw("{");
        self.json.key("steps");
        self.json.raw("[");
        for step in steps {
            self.json.next();
            self.json.raw("{");
            self.step(*step);
            self.json.raw("}");
        }
        self.json.raw("]");
        self.text("type", kind);
        self.json.raw("}");
    }

    fn step(&mut self, step: Step) {
        self.number("stepId", 20);
        self.text("stepName", "%w");
        let kind = match step {
            Step::Initial => "Initial",
            Step::Run => "Run",
            Step::Call => "Call",
            Step::Invoke => "Invoke",
            Step::Wait => "Wait",
        };
        self.text("stepType", kind);
        self.text("callType", "step");
        self.text("messageId", "msg_%k%k");
        let length = self.body_length();
        match step {
            Step::Initial => {
                self.request_headers("headers", Values::Lists, "");
                self.text_body("body", length);
            }
            Step::Run => self.text_body("out", length),
            Step::Call => {
                self.url("callUrl");
                self.request_headers("callHeaders", Values::Lists, "");
                self.text_body("callBody", length);
                self.json.number("callResponseStatus", 200);
                self.response_headers("callResponseHeaders");
                let length = self.answer_length();
                self.text_body("callResponseBody", length);
            }
            Step::Invoke => {
                self.text("invokedWorkflowRunId", "wfr_%k");
                self.url("invokedWorkflowUrl");
                self.request_headers("invokedWorkflowRunHeaders", Values::Lists, "");
                self.text_body("invokedWorkflowRunBody", length);
            }
            Step::Wait => {
                self.text("waitEventId", "%w-%d");
                self.url("timeoutUrl");
                self.request_headers("timeoutHeaders", Values::Lists, "");
                self.base64_body("timeoutBody", length);
            }
        }
        self.number("concurrent", 4);
        self.text("state", "STEP_SUCCESS");
        self.time("createdAt");
    }
}
