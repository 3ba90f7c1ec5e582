//! Schedules.

use super::RETRY_DELAY;
use crate::generator::Generator;
use crate::headers::Values;

/// An element of `GET /v2/schedules`.
pub(crate) fn schedule(generator: &mut Generator) {
    generator.begin_record();
    generator.time("createdAt");
    generator.text("scheduleId", "scd_%k");
    let cron = generator.random.pick(&[
        "*/5 * * * *",
        "0 3 * * *",
        "CRON_TZ=Europe/Berlin 0 9 * * 1",
    ]);
    generator.text("cron", cron);
    generator.sometimes(20, "name", "%w every day");
    generator.url("destination");
    generator.text("method", "POST");
    generator.request_headers("header", Values::Lists, "");
    generator.body("body", "bodyBase64");
    generator.number("retries", 10);
    generator.number("delay", 600);
    if generator.random.chance(30) {
        generator.url("callback");
        generator.url("failureCallback");
    }
    generator.sometimes(20, "retryDelayExpression", RETRY_DELAY);
    let caller = generator.random.pick(&["callerIP", "callerIp"]);
    generator.text(caller, "%i");
    let paused = generator.random.pick(&["true", "false"]);
    generator.json.token("isPaused", paused);
    generator.sometimes(25, "queueName", "%w-queue");
    if generator.random.chance(30) {
        generator.flow_control();
    }
    generator.sometimes(20, "label", "%w");
    generator.time("lastScheduleTime");
    generator.time("nextScheduleTime");
    generator.json.key("lastScheduleStates");
    generator.json.raw("{\"msg_fake\":\"SUCCESS\"}");
    generator.end_record();
}
