//! Serializing a view allocates nothing: counted by the allocator itself.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use qstash_redact::publish::Call;
use qstash_redact::{
    BatchRequest, BodyEncoding, Clear, DlqMessage, LogEntry, Message, RedactFields, Redactor,
    Schedule,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::io;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: all is left to the system's allocator; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`, which is the same.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, which is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

/// Makes and serializes views of `message` on many terms, and says what that allocated.
fn allocations_of_views(message: &(impl Clear + ?Sized)) -> u64 {
    let rules = ["", "body", "header[Authorization],url", "header,error,ip"];
    let redactors: Vec<Redactor> = rules
        .iter()
        .map(|rule| Redactor::new(rule.parse().unwrap()))
        .chain([Redactor::new(RedactFields::everything())])
        .flat_map(|redactor| {
            [BodyEncoding::Auto, BodyEncoding::Text, BodyEncoding::Base64]
                .map(|encoding| redactor.clone().with_body_encoding(encoding))
        })
        .collect();
    let mut written = Vec::with_capacity(1 << 20);
    // The first hash of a process may ask the environment which path to take.
    assert!(qstash_redact::Placeholder::of(b"").matches(b""));
    allocations(|| {
        for redactor in &redactors {
            let view = redactor.view(message);
            written.clear();
            serde_json::to_writer(&mut written, &view).unwrap();
            assert!(!written.is_empty());
            serde_json::to_writer_pretty(io::sink(), &view).unwrap();
        }
    })
}

/// A document with everything that could make a serializer copy something.
fn document() -> String {
    let body = "hello ".repeat(10_000);
    let base64 = "aGVsbG8h".repeat(10_000);
    let placeholder = qstash_redact::Placeholder::of(b"x");
    format!(
        r#"{{"messageId":"msg_\u0031","url":"https://u:p@host/?q=\u0041","createdAt":9223372036854775808,
        "rate":123456789012345678901234567890,"x":1e400,"error":"\ud83d\ude00","callerIP":"127.0.0.1",
        "header":{{"Authorization":["Bearer a\tb","",null,"c"],"X-\u0041":"d","Y":[],"Z":["{placeholder}"]}},
        "headers":{{"Upstash-Forward-Authorization":"e"}},"labels":["f","\n"],"isPaused":false,
        "body":"{body}\n","responseBody":"{base64}","bodyBase64":"{base64}","destination":"/",
        "responseBodyBase64":"none!","sourceBody":"aGVsbG8\u003d",
        "lastScheduleStates":{{"a":[{{"b":[1.50,true]}}]}},"unknown":{{"deep":[[[{{"z":null}}],"\u007a"]]}},
        "failureCallbackInfo":{{"respons\u0065Body":"{body}","responseHeaders":{{"A":[1,[2],{{"b":3}}]}},
        "logs":[{{"body":"aGVsbG8"}}],"steps":[{{"out":{{"a":[1,2]}}}}],"n":1.0}}}}"#
    )
}

#[test]
fn a_view_of_every_shape_allocates_nothing() {
    let json = document();
    let json = json.as_bytes();
    assert_eq!(allocations_of_views(&Message::from_json(json).unwrap()), 0);
    assert_eq!(
        allocations_of_views(&DlqMessage::from_json(json).unwrap()),
        0
    );
    assert_eq!(allocations_of_views(&Schedule::from_json(json).unwrap()), 0);
    assert_eq!(allocations_of_views(&LogEntry::from_json(json).unwrap()), 0);
    assert_eq!(
        allocations_of_views(&BatchRequest::from_json(json).unwrap()),
        0
    );
}

#[test]
fn a_view_of_a_page_allocates_nothing() {
    let json = r#"{"body":"a\n","header":{"A":["b"]},"x":{"body":"c"},"y":[1,{}]}"#;
    let page = vec![DlqMessage::from_json(json.as_bytes()).unwrap(); 100];
    assert_eq!(allocations_of_views(&page), 0);
    assert_eq!(allocations_of_views(&page[..50]), 0);
}

#[test]
fn publishing_allocates_for_what_it_keeps() {
    // The headers of a call and a body of 1 KB, as a small message has them.
    let mut headers = http::HeaderMap::new();
    headers.insert("upstash-redact-fields", "body,header".parse().unwrap());
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        let name = format!("upstash-forward-x-{name}").parse::<http::HeaderName>();
        headers.insert(name.unwrap(), "Bearer my-token".parse().unwrap());
    }
    let uri = http::Uri::from_static("/v2/publish/https://example.com/hook");
    let body = bytes::Bytes::from(vec![b'x'; 1024]);
    // What was never shared before is made shareable by its first clone.
    drop(Call::new(&uri, &headers).unwrap().shown_headers());
    let mut sealed = None;
    let sealing = allocations(|| {
        let call = Call::new(&uri, &headers).unwrap();
        sealed = Some(call.seal(body.clone()).unwrap());
    });
    let sealed = sealed.unwrap();
    let mut output = Vec::with_capacity(10_000);
    let show = |output: &mut Vec<u8>| {
        output.clear();
        serde_json::to_writer(output, &sealed).unwrap();
    };
    let first = allocations(|| show(&mut output));
    let again = allocations(|| show(&mut output));
    let call = Call::new(&uri, &headers).unwrap();
    let shown = allocations(|| drop(black_box(call.shown_headers())));
    // Sealing: a name for each header, since each loses its prefix. The rest does not grow with them,
    // but in steps: maps, lists of values, one buffer for all placeholders.
    let found = [sealing, first, again, shown];
    println!("to read and seal, to show, to show again, to show the call's headers: {found:?}");
    let most = [12 + 16, 16, 2, 16];
    assert!(
        found.iter().zip(most).all(|(found, most)| *found <= most),
        "{found:?}"
    );
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert!(allocations(|| drop(serde_json::from_str::<serde_json::Value>("[[1]]"))) >= 2);
}

#[test]
fn parsing_allocates_for_the_list_of_values_alone() {
    // Room for the values of one message, which doubles as it fills; and nothing for any of them.
    let json = r#"{"messageId":"m","header":{"A":["b","c"],"D":["e"]},"body":"f","createdAt":1}"#;
    let count = allocations(|| drop(Message::from_json(json.as_bytes()).unwrap()));
    assert!(count <= 6, "{count}");
}
