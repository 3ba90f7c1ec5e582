use super::*;

const CANARY: &str = "canary";

#[test]
fn both_forms_of_the_rotate_call_are_read() {
    let first = br#"{"customer_id":"me@example.com","id":"user-1","password":"canary-p","token":"canary-t",
        "active":true,"state":"active","max_dlq_size":2147483647,"type":"paid","reserved_type":"","creation_time":1}"#;
    let user = QstashUser::from_json(first.to_vec()).unwrap();
    assert_eq!(user.id().map(Id::as_str), Some("user-1"));
    assert_eq!(user.password().map(Secret::expose), Some("canary-p"));
    assert_eq!(user.token().map(Secret::expose), Some("canary-t"));
    assert!(user.read_only_token().is_none());
    assert_eq!(user.active(), Some(true));
    assert_eq!(user.plan().as_deref(), Some("paid"));
    assert_eq!(user.reserved_type().as_deref(), Some(""));
    assert_eq!(user.max_dlq_size().map(Number::as_str), Some("2147483647"));
    assert_eq!(user.clear_members().count(), 10);
    assert!(!format!("{user:?}").contains(CANARY));

    let now = br#"{"id":"user-1","token":"canary-t","read_only_token":"canary-r"}"#;
    match RotateAnswer::from_json(Kind::Qstash, now.to_vec()).unwrap() {
        RotateAnswer::Rotated { id, secrets } => {
            assert_eq!(id.as_ref().map(Id::as_str), Some("user-1"));
            assert_eq!(secrets.len(), 2);
        }
        RotateAnswer::Accepted => panic!("it holds a token"),
    }
}

#[test]
fn an_answer_without_new_secrets_is_an_acceptance() {
    for body in [
        r#""OK""#,
        r#" "\u004fK" "#,
        "{}",
        r#"{"token":null}"#,
        r#"{"token":""}"#,
        r#"{"read_only_token":"x"}"#,
    ] {
        let answer = RotateAnswer::from_json(Kind::Vector, body.as_bytes().to_vec());
        assert!(matches!(answer, Ok(RotateAnswer::Accepted)), "{body}");
    }
    for body in [
        r#""NO""#,
        "17",
        "null",
        "[]",
        "",
        r#"{"token":"x""#,
        r#"{"token":17}"#,
    ] {
        assert!(
            RotateAnswer::from_json(Kind::Vector, body.as_bytes().to_vec()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn an_answer_without_secrets_is_read_too() {
    let database = br#"{"database_id":"db-1","port":6379,"db_request_limit":9223372036854775808,
        "db_acl_enabled":"false","securityAddons":{"ipWhitelisting":false},"endpoint":"db.upstash.io"}"#;
    let database = RedisDatabase::from_json(database.to_vec()).unwrap();
    assert!(database.secrets().is_empty());
    assert_eq!(database.id().map(Id::as_str), Some("db-1"));
    let limit = database.db_request_limit().unwrap();
    assert_eq!(limit.as_str(), "9223372036854775808");
    assert_eq!(
        (limit.parse::<i64>(), limit.parse()),
        (None, Some(1_u64 << 63))
    );
    assert_eq!(database.db_acl_enabled().as_deref(), Some("false"));
    assert_eq!(
        database
            .clear_members()
            .find(|(name, _)| name == "securityAddons")
            .map(|(_, json)| json),
        Some(r#"{"ipWhitelisting":false}"#)
    );
}

#[test]
fn a_member_that_does_not_matter_is_no_reason_to_lose_a_credential() {
    let body =
        br#"{"id":17,"token":"canary","timeout":"soon","active":"yes","state":1,"x":1,"x":2}"#;
    assert!(
        QstashUser::from_json(body.to_vec()).is_err(),
        "an id that is no string"
    );
    let body =
        br#"{"id":"../x","token":"canary","timeout":"soon","active":"yes","state":1,"x":1,"x":2}"#;
    let user = QstashUser::from_json(body.to_vec()).unwrap();
    assert!(user.id().is_none(), "an id that no request can name");
    assert!(user.timeout().is_none() && user.active().is_none() && user.state().is_none());
    assert_eq!(user.token().map(Secret::expose), Some("canary"));
}

#[test]
fn a_refused_answer_shows_no_value() {
    for body in [
        r#"{"token":"canary","token":"canary"}"#,
        r#"{"token":"canary","\u0074oken":"canary"}"#,
        r#"{"token":["canary"]}"#,
        r#"{"token":"canary\ud800"}"#,
        r#"["canary"]"#,
        r#"{"token":"canary"} {"token":"canary"}"#,
        r#"{"canary":canary}"#,
        "canary",
        "{\"token\":\"canary\n\"}",
    ] {
        let error = QstashUser::from_json(body.as_bytes().to_vec()).unwrap_err();
        assert!(
            !format!("{error:?} {error}").contains(CANARY),
            "{body}: {error}"
        );
    }
}

#[test]
fn lists_are_read_element_by_element() {
    let body = br#" [ {"database_id":"a","password":"x"}, {"database_id":"b"} ] "#;
    let databases = RedisDatabase::list_from_json(body.to_vec()).unwrap();
    let ids: Vec<_> = databases
        .iter()
        .map(|database| database.id().map(Id::as_str))
        .collect();
    assert_eq!(ids, [Some("a"), Some("b")]);
    assert_eq!(databases[0].password().map(Secret::expose), Some("x"));
    let error = RedisDatabase::list_from_json(br#"[{},{"password":1}]"#.to_vec()).unwrap_err();
    assert_eq!((error.record(), error.field()), (Some(2), Some("password")));
    for body in ["{}", "[17]", r#"["x"]"#, "[{}"] {
        assert!(
            RedisDatabase::list_from_json(body.as_bytes().to_vec()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn escapes_in_a_secret_are_read() {
    let keys =
        SigningKeys::from_json(br#"{"current":"sig_\u0041\/","next":"sig_b"}"#.to_vec()).unwrap();
    assert_eq!(keys.current().map(Secret::expose), Some("sig_A/"));
    assert_eq!(keys.next().map(Secret::expose), Some("sig_b"));
    assert!(!format!("{keys:?}").contains("sig_"));
}
