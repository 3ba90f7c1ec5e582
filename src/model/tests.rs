use super::node::Node;
use super::*;
use crate::error::ErrorKind;
use crate::scan::MAX_DEPTH;
use std::borrow::Cow;

fn message(json: &str) -> Message<'_> {
    Message::from_json(json.as_bytes()).unwrap()
}

fn refused(json: &str) -> Error {
    Message::from_json(json.as_bytes()).unwrap_err()
}

#[test]
fn members_keep_their_order_and_their_text() {
    let json = concat!(
        r#" {"z":[1, {"a" : 1e400}],"body":"\u0061b","messageId":null,"#,
        r#""header":{"B":"1","A":["2","3"]},"":true}"#,
        "\n",
    );
    let message = message(json);
    assert_eq!(message.clear_json(), json);
    assert_eq!(
        message.clear_members().collect::<Vec<_>>(),
        [
            ("z", r#"[1, {"a" : 1e400}]"#),
            ("body", r#""\u0061b""#),
            ("messageId", "null"),
            ("header", r#"{"B":"1","A":["2","3"]}"#),
            ("", "true"),
        ]
    );
}

#[test]
fn accessors_read_every_type() {
    let schedule = Schedule::from_json(
        br#"{"scheduleId":"scd_1","header":{"X-Key":["a","b"],"x-key":"c","Y":null,"Z":[]},
            "createdAt":9223372036854775808,"delay":"25","isPaused":true,"labels":["x",null,"y"],
            "callerIp":"127.0.0.1","lastScheduleStates":{"msg_1":"SUCCESS"},"retries":1e2}"#,
    )
    .unwrap();
    assert_eq!(schedule.schedule_id(), Some("scd_1"));
    assert_eq!(schedule.cron(), None);
    let created = schedule.created_at().unwrap();
    assert_eq!(created.as_str(), "9223372036854775808");
    assert_eq!(created.parse(), Some(9_223_372_036_854_775_808_u64));
    assert_eq!(created.parse::<i64>(), None);
    assert_eq!(schedule.delay().unwrap().parse(), Some(25_u8));
    assert_eq!(schedule.retries().unwrap().parse(), Some(100.0));
    assert_eq!(schedule.is_paused(), Some(true));
    assert_eq!(schedule.caller_ip(), Some("127.0.0.1"));
    assert_eq!(schedule.labels().unwrap().collect::<Vec<_>>(), ["x", "y"]);
    assert!(schedule.last_schedule_states() == Some(Json::Raw(r#"{"msg_1":"SUCCESS"}"#)));
    let headers = schedule.header().unwrap();
    assert_eq!(
        headers
            .map(|(name, values)| (name, values.count()))
            .collect::<Vec<_>>(),
        [("X-Key", 2), ("x-key", 1), ("Y", 0), ("Z", 0)]
    );
    assert_eq!(headers.values("X-KEY").collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(headers.get("z"), None);
    assert_eq!(schedule.callback(), None);
}

#[test]
fn a_body_of_a_batch_request_is_of_any_type() {
    for (json, body) in [
        (r#"{"body":"\n"}"#, Some(Json::Text("\n"))),
        (r#"{"body":{"a":1}}"#, Some(Json::Raw(r#"{"a":1}"#))),
        (r#"{"body":[1, 2]}"#, Some(Json::Raw("[1, 2]"))),
        (r#"{"body":null}"#, None),
        ("{}", None),
    ] {
        let request = BatchRequest::from_json(json.as_bytes()).unwrap();
        assert!(request.body() == body, "{json}");
    }
}

#[test]
fn only_strings_with_escapes_are_copied() {
    let message = message(r#"{"body":"plain é","url":"a\/b","head\u0065r":{"A":["x","\t"]}}"#);
    fn copied(node: &Node<'_>) -> bool {
        let name = node.name.as_ref().map(|name| &name.text);
        matches!(&node.value, Value::Text(Cow::Owned(_))) || matches!(name, Some(Cow::Owned(_)))
    }
    let copied: Vec<_> = message.0.nodes.iter().map(copied).collect();
    assert_eq!(copied, [false, true, true, false, false, true]);
    assert_eq!(message.header().unwrap().get("a"), Some("x"));
}

#[test]
fn what_a_shape_does_not_know_is_one_node_unless_it_holds_private_data() {
    let nodes = |json| message(json).0.nodes.len();
    assert_eq!(
        nodes(r#"{"x":{"y":[{"messageId":"m"},"z"]},"cron":[1,2]}"#),
        2
    );
    // The member, `logs`, an object and its body.
    assert_eq!(nodes(r#"{"x":{"logs":[{"body":""}]}}"#), 4);
}

#[test]
fn a_wrong_type_is_refused_by_the_members_name() {
    for (member, json) in [
        ("body", "1"),
        ("body", "{}"),
        ("body", r#"["secret"]"#),
        ("messageId", "true"),
        ("createdAt", "true"),
        ("createdAt", r#""secret""#),
        ("createdAt", r#""""#),
        ("createdAt", r#""-""#),
        ("createdAt", "[1]"),
        ("header", r#""""#),
        ("header", r#"[]"#),
        ("header", r#"{"secret":1}"#),
        ("header", r#"{"A":{"B":"secret"}}"#),
        ("header", r#"{"A":["secret",1]}"#),
        ("header", r#"{"A":[["secret"]]}"#),
        ("labels", "{}"),
        ("labels", "[1]"),
    ] {
        let json = format!("{{\"x\":1,\n \"{member}\": {json}}}");
        let error = refused(&json);
        assert_eq!(error.kind(), ErrorKind::Type, "{json}");
        assert_eq!(error.field(), Some(member), "{json}");
        assert_eq!((error.line(), error.offset()), (Some(2), Some(9)), "{json}");
        assert_eq!(
            error.to_string(),
            format!("line 2, byte 9, member `{member}`: a member has the wrong type")
        );
    }
    for json in [r#""true""#, "1", "{}"] {
        let json = format!(r#"{{"isPaused":{json}}}"#);
        let error = Schedule::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Type, "{json}");
    }
}

#[test]
fn the_type_of_another_shapes_member_does_not_matter() {
    message(r#"{"cron":1,"isPaused":"yes","callBody":7,"headers":[]}"#);
}

#[test]
fn a_member_that_occurs_twice_is_refused() {
    for (json, member, offset) in [
        (r#"{"body":"a","body":"a"}"#, Some("body"), 12),
        (r#"{"body":"a","x":1,"b\u006fdy":null}"#, Some("body"), 18),
        (r#"{"cron":1,"cron":2}"#, Some("cron"), 10),
        (r#"{"secret":1,"secret":1}"#, None, 12),
        (r#"{"":1,"x":{},"":1}"#, None, 13),
    ] {
        let error = refused(json);
        assert_eq!(error.kind(), ErrorKind::Duplicate, "{json}");
        assert_eq!(
            (error.field(), error.offset()),
            (member, Some(offset)),
            "{json}"
        );
    }
    // Deeper inside, and as a header, a name may occur twice: all are treated alike.
    let json = r#"{"x":{"body":1,"body":2,"y":1,"y":2},"header":{"A":"1","A":"2"}}"#;
    let headers = message(json);
    assert_eq!(headers.header().unwrap().values("a").count(), 2);
}

#[test]
fn a_lone_surrogate_is_refused_wherever_it_is() {
    for (json, member, offset) in [
        (r#"{"body":"secret\ud800"}"#, Some("body"), 8),
        (r#"{"header":{"A":["x","\udc00"]}}"#, Some("header"), 20),
        (r#"{"header":{"\udc00":"x"}}"#, Some("header"), 11),
        (r#"{"secret":"\ud800\n"}"#, None, 10),
        (r#"{"secret":{"\ud800":1}}"#, None, 11),
        (r#"{"\ud800":1}"#, None, 1),
    ] {
        let error = refused(json);
        assert_eq!(error.kind(), ErrorKind::Surrogate, "{json}");
        assert_eq!(
            (error.field(), error.offset()),
            (member, Some(offset)),
            "{json}"
        );
    }
    assert_eq!(message(r#"{"body":"\ud83d\ude00"}"#).body(), Some("😀"));
}

#[test]
fn exactly_one_object_is_a_message() {
    for (json, kind, offset) in [
        ("", ErrorKind::Truncated, 0),
        (" \n", ErrorKind::Truncated, 2),
        ("{", ErrorKind::Truncated, 1),
        (r#"{"body":"secret"#, ErrorKind::Truncated, 15),
        (" [{}]", ErrorKind::Type, 1),
        (" null", ErrorKind::Type, 1),
        (r#" "secret""#, ErrorKind::Type, 1),
        (" 12 ", ErrorKind::Type, 1),
        ("{}{}", ErrorKind::Syntax, 2),
        ("{}\n true", ErrorKind::Syntax, 4),
        ("{}]", ErrorKind::Syntax, 2),
        ("{,}", ErrorKind::Syntax, 1),
    ] {
        let error = refused(json);
        assert_eq!(
            (error.kind(), error.offset()),
            (kind, Some(offset)),
            "{json:?}"
        );
    }
}

#[test]
fn faults_are_those_of_the_scanner_with_the_member_they_are_in() {
    let syntax = refused(r#"{"x":1,"body":secret}"#);
    assert_eq!(
        syntax.to_string(),
        "line 1, byte 14, member `body`: expected a value"
    );
    let between = refused(r#"{"body":"a" "secret":1}"#);
    assert_eq!((between.kind(), between.field()), (ErrorKind::Syntax, None));
    let utf8 = Message::from_json(b"{\"header\":{\"A\":\"secret \xFF\"}}").unwrap_err();
    assert_eq!(utf8.kind(), ErrorKind::Utf8);
    assert_eq!((utf8.field(), utf8.offset()), (Some("header"), Some(23)));
    let outside = Message::from_json(b"{}\xFF").unwrap_err();
    assert_eq!(
        (outside.kind(), outside.offset()),
        (ErrorKind::Syntax, Some(2))
    );
    let nested = |depth: usize| {
        let depth = depth - 1;
        format!("{{\"secret\":{}{}}}", "[".repeat(depth), "]".repeat(depth))
    };
    message(&nested(MAX_DEPTH as usize));
    let deep = refused(&nested(MAX_DEPTH as usize + 1));
    assert_eq!((deep.kind(), deep.field()), (ErrorKind::Depth, None));
}

#[test]
fn debug_shows_names_of_the_shape_and_no_value() {
    let json = r#"{"messageId":"secret","header":{"secret":["secret"]},"secret":{"body":"secret"},
        "cron":"secret","body":"secret\n","rate":31337,"labels":["secret"]}"#;
    let parsed = message(json);
    assert_eq!(
        format!("{parsed:?}"),
        concat!(
            r#"Message { members: ["messageId", "header", "body", "rate", "labels"], "#,
            "others: 2 }",
        )
    );
    let request = BatchRequest::from_json(br#"{"body":"secret"}"#).unwrap();
    assert_eq!(
        format!(
            "{:?} {:?} {:?} {:?}",
            parsed.header().unwrap(),
            parsed.rate().unwrap(),
            parsed.labels().unwrap(),
            request.body().unwrap(),
        ),
        "Headers(1 names) Number(5 digits) Texts(1 values) Json(6 bytes)"
    );
}

#[test]
fn the_shapes_have_the_contracts_members() {
    fn names(shape: &Shape) -> Vec<&'static str> {
        let known = |(member, known): (&members::Member, &Option<_>)| {
            known.is_some().then_some(member.name)
        };
        let mut names: Vec<_> = members::MEMBERS
            .iter()
            .zip(&shape.members)
            .filter_map(known)
            .collect();
        names.sort_unstable();
        names
    }
    fn listed(text: &'static str) -> Vec<&'static str> {
        let mut names: Vec<_> = text
            .split([',', ' ', '\n'])
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names
    }
    assert_eq!(
        names(DlqMessage::SHAPE),
        listed(
            "messageId, dlqId, url, topicName, endpointName, method, header, body, bodyBase64,
            maxRetries, retryDelayExpression, notBefore, createdAt, callback, failureCallback,
            queueName, scheduleId, callerIP, label, labels, flowControlKey, rate, period,
            parallelism, responseStatus, responseHeader, responseBody, responseBodyBase64,
            callbackHeader, failureCallbackHeader"
        )
    );
    assert_eq!(
        names(Schedule::SHAPE),
        listed(
            "scheduleId, name, cron, destination, createdAt, method, header, body, bodyBase64,
            retries, delay, callback, failureCallback, callerIP, callerIp, isPaused, queueName,
            flowControlKey, rate, period, parallelism, retryDelayExpression, label, labels,
            lastScheduleTime, nextScheduleTime, lastScheduleStates"
        )
    );
    assert_eq!(
        names(LogEntry::SHAPE),
        listed(
            "time, messageId, header, body, state, error, nextDeliveryTime, url, topicName,
            endpointName, scheduleId, queueName, responseStatus, responseBody, responseHeaders,
            responseHeader, timeout, method, callback, callbackHeaders, failureCallback,
            failureCallbackHeaders, maxRetries, retryDelayExpression, label, labels"
        )
    );
    assert_eq!(
        names(BatchRequest::SHAPE),
        listed("destination, queue, headers, body")
    );
}
