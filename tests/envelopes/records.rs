//! Records of the contract: some of a shape's members, in any order.

use super::node::{Form, Header, Node};
use proptest::prelude::*;
use qstash_redact::Group;

/// One record of an export.
#[derive(Clone, Debug)]
pub(crate) struct Record(pub(crate) Node);

/// A member and what may stand under it.
type Member = (&'static str, BoxedStrategy<Node>);

const VISIBLE: [(&str, &str); 10] = [
    ("messageId", "\"msg_26hZCxZCuWyyTWPmSVBrNB882\""),
    ("topicName", "\"my-group\""),
    ("method", "\"POST\""),
    ("maxRetries", "3"),
    ("notBefore", "1701198447054"),
    ("createdAt", "9223372036854775808"),
    ("labels", "[\"a\",\"b\"]"),
    ("queueName", "null"),
    ("unknown", "{\"x\":[1e400,{\"y\":[]}]}"),
    ("period", "-0.0e-1"),
];

/// Names of headers, and how a rule names them.
const HEADERS: [(&str, &str); 6] = [
    ("Authorization", "Authorization"),
    ("content-type", "Content-Type"),
    ("Upstash-Forward-X-Api-Key", "X-Api-Key"),
    ("X-API-KEY", "X-Api-Key"),
    ("upstash-callback-forward-authorization", "Authorization"),
    ("Body", "Body"),
];

pub(crate) fn message() -> BoxedStrategy<Record> {
    record(message_members())
}

pub(crate) fn dlq_message() -> BoxedStrategy<Record> {
    record(dlq_members())
}

pub(crate) fn workflow_dlq_message() -> BoxedStrategy<Record> {
    let info = vec![
        text("responseBody", Group::ResponseBody),
        headers("responseHeaders", Group::ResponseHeader),
    ];
    let mut members = dlq_members();
    members.push(("failureCallbackInfo", object(info)));
    members.push(text("failResponse", Group::ResponseBody));
    members.push(headers("failHeaders", Group::ResponseHeader));
    members.push(url("workflowUrl"));
    members.push(text("workflowRunResponse", Group::ResponseBody));
    members.push(text("workflowRunCallerIp", Group::Ip));
    record(members)
}

pub(crate) fn schedule() -> BoxedStrategy<Record> {
    record(vec![
        json("scheduleId", "\"scd_1\""),
        json("cron", "\"* * * * *\""),
        json("lastScheduleStates", "{\"msg_1\":\"SUCCESS\"}"),
        url("destination"),
        text("body", Group::Body),
        base64("bodyBase64", Group::Body),
        headers("header", Group::Header),
        text("callerIp", Group::Ip),
        url("callback"),
    ])
}

pub(crate) fn log() -> BoxedStrategy<Record> {
    record(vec![
        json("time", "1"),
        json("state", "\"ERROR\""),
        url("url"),
        base64("body", Group::Body),
        base64("responseBody", Group::ResponseBody),
        headers("header", Group::Header),
        headers("responseHeaders", Group::ResponseHeader),
        headers("callbackHeaders", Group::Header),
        headers("failureCallbackHeaders", Group::Header),
        text("error", Group::Error),
    ])
}

pub(crate) fn batch_element() -> BoxedStrategy<Record> {
    record(vec![
        url("destination"),
        json("queue", "\"q\""),
        headers("headers", Group::Header),
        (
            "body",
            prop_oneof![
                secret(Group::Body),
                Just(Node::Json("null")),
                Just(Node::Secret(Group::Body, Form::Parsed)),
            ]
            .boxed(),
        ),
    ])
}

pub(crate) fn callback() -> BoxedStrategy<Record> {
    record(vec![
        json("status", "200"),
        text("body", Group::Body),
        headers("header", Group::Header),
        base64("sourceBody", Group::Body),
        headers("sourceHeader", Group::Header),
        url("url"),
        json("sourceMessageId", "\"msg_1\""),
    ])
}

pub(crate) fn workflow_run() -> BoxedStrategy<Record> {
    let step = object(vec![
        json("stepName", "\"init\""),
        text("out", Group::Body),
        text("callBody", Group::Body),
        url("callUrl"),
        headers("callHeaders", Group::Header),
        text("callResponseBody", Group::ResponseBody),
        headers("callResponseHeaders", Group::ResponseHeader),
        url("invokedWorkflowUrl"),
        text("invokedWorkflowRunBody", Group::Body),
        headers("invokedWorkflowRunHeaders", Group::Header),
        url("timeoutUrl"),
        base64("timeoutBody", Group::Body),
        headers("timeoutHeaders", Group::Header),
    ]);
    let group = object(vec![("steps", array(step))]);
    record(vec![
        json("workflowRunId", "\"wfr_1\""),
        url("workflowUrl"),
        ("steps", array(group)),
        text("workflowRunResponse", Group::ResponseBody),
    ])
}

fn message_members() -> Vec<Member> {
    let mut members = vec![
        url("url"),
        text("body", Group::Body),
        base64("bodyBase64", Group::Body),
        headers("header", Group::Header),
        url("callback"),
        url("failureCallback"),
        text("callerIP", Group::Ip),
        headers("callbackHeader", Group::Header),
        headers("failureCallbackHeader", Group::Header),
    ];
    members.extend(VISIBLE.map(|(name, value)| json(name, value)));
    members
}

fn dlq_members() -> Vec<Member> {
    let mut members = message_members();
    members.extend([
        json("dlqId", "\"1-2\""),
        json("responseStatus", "500"),
        headers("responseHeader", Group::ResponseHeader),
        text("responseBody", Group::ResponseBody),
        base64("responseBodyBase64", Group::ResponseBody),
    ]);
    members
}

fn record(members: Vec<Member>) -> BoxedStrategy<Record> {
    object(members).prop_map(Record).boxed()
}

/// Some of these members, in any order.
fn object(members: Vec<Member>) -> BoxedStrategy<Node> {
    let count = members.len();
    prop::sample::subsequence(members, 0..=count)
        .prop_shuffle()
        .prop_flat_map(|members| {
            let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
            values.prop_map(move |values| Node::Object(names.iter().copied().zip(values).collect()))
        })
        .boxed()
}

fn array(element: BoxedStrategy<Node>) -> BoxedStrategy<Node> {
    prop::collection::vec(element, 0..3)
        .prop_map(Node::Array)
        .boxed()
}

fn json(name: &'static str, value: &'static str) -> Member {
    (name, Just(Node::Json(value)).boxed())
}

fn text(name: &'static str, group: Group) -> Member {
    (name, secret(group))
}

fn url(name: &'static str) -> Member {
    let value = prop_oneof![
        Just(Node::Secret(Group::Url, Form::Url)),
        Just(Node::Json("\"https://host.example/path\"")),
    ];
    (name, value.boxed())
}

fn base64(name: &'static str, group: Group) -> Member {
    (name, Just(Node::Secret(group, Form::Base64)).boxed())
}

/// A private text, or one that holds nothing.
fn secret(group: Group) -> BoxedStrategy<Node> {
    prop_oneof![
        6 => form().prop_map(move |form| Node::Secret(group, form)),
        1 => prop::sample::select(&[Node::Json("\"\""), Node::Json("null")][..]),
    ]
    .boxed()
}

fn form() -> impl Strategy<Value = Form> {
    prop::sample::select(&[Form::Plain, Form::Escaped, Form::Quoted][..])
}

fn headers(name: &'static str, group: Group) -> Member {
    let header = (
        prop::sample::select(&HEADERS[..]),
        prop::collection::vec(form(), 0..3),
        any::<bool>(),
    );
    let header = header.prop_map(|((name, bare_name), values, listed)| Header {
        name,
        bare_name,
        values,
        listed,
    });
    let headers = prop::collection::vec(header, 0..4);
    (
        name,
        headers
            .prop_map(move |headers| Node::Headers(group, headers))
            .boxed(),
    )
}
