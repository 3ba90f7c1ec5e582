//! Header maps, with names in the order in which Go writes them: sorted.

use crate::generator::Generator;

/// How a map holds its values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    /// `name -> [value, …]`, as QStash answers.
    Lists,
    /// `name -> value`, as requests are written.
    Strings,
}

/// What publish requests put before the names of headers that are for the destination.
pub(crate) const FORWARD: &str = "Upstash-Forward-";

/// In every map of a request, so that a rule for one header finds it in every record.
const AUTHORIZATION: (&str, &str) = ("Authorization", "Bearer fake-%K");

/// Names and values, 20 to 200 bytes long, that requests have beside `Authorization`.
const REQUEST: [(&str, &str); 24] = [
    ("Accept", "application/json, text/plain;q=0.9, */*;q=0.8"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "de-DE,de;q=0.9,en;q=0.8"),
    ("Baggage", "tenant=%d,user=%u,plan=%w"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Cookie", "session=fake-%K; theme=dark; cart=%h"),
    ("Date", "Tue, 14 Jul 2026 09:24:11 GMT"),
    ("Idempotency-Key", "%w-%u"),
    ("Origin", "https://shop.example.com"),
    (
        "Referer",
        "https://shop.example.com/%w/%d?from=%w&code=fake-%h",
    ),
    ("Sec-Ch-Ua", r#""Chromium";v="126", "Not/A)Brand";v="8""#),
    ("Traceparent", "00-%h%h-%h-01"),
    ("Tracestate", "vendor=%h,other=%h"),
    ("Upstash-Message-Id", "msg_%k%k"),
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0 Safari/537.36",
    ),
    ("Via", "1.1 %h.gateway.example.net (proxy)"),
    ("X-Amzn-Trace-Id", "Root=1-%h-%k;Parent=%h;Sampled=1"),
    ("X-Api-Key", "fake-key-%k"),
    (
        "X-Client-Info",
        r#"{"sdk":"js","version":"2.%d","runtime":"node"}"#,
    ),
    ("X-Forwarded-For", "%i, %i"),
    ("X-Forwarded-Host", "%w.hooks.example.com"),
    ("X-Request-Id", "%u"),
    ("X-Vercel-Id", "fra1::iad1::%h-%t-%h"),
    ("X-Webhook-Signature", "t=%t,v1=%h%h%h%h"),
];

/// Names and values of what destinations answer.
const RESPONSE: [(&str, &str); 12] = [
    ("Access-Control-Allow-Origin", "https://shop.example.com"),
    ("Cache-Control", "public, max-age=0, must-revalidate"),
    (
        "Content-Security-Policy",
        "default-src 'self'; report-uri https://csp.example.com/%h",
    ),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Date", "Tue, 14 Jul 2026 09:24:11 GMT"),
    ("Etag", r#"W/"%h""#),
    ("Server", "gateway/%d"),
    (
        "Set-Cookie",
        "sid=fake-%K; Path=/; HttpOnly; Secure; SameSite=Lax",
    ),
    (
        "Strict-Transport-Security",
        "max-age=63072000; includeSubDomains; preload",
    ),
    ("X-Matched-Path", "/api/%w/[id]"),
    ("X-Request-Id", "%u"),
    ("X-Vercel-Id", "fra1::iad1::%h-%t-%h"),
];

impl Generator {
    /// A map of a request's headers, each name behind `prefix`.
    pub(crate) fn request_headers(&mut self, name: &str, values: Values, prefix: &str) {
        let count = self.random.within(self.profile.headers.clone()).max(1) - 1;
        self.json.key(name);
        self.json.raw("{");
        // Sorted, as it begins with "A": only `Accept` and its like come before.
        let mut authorized = false;
        self.choose(&REQUEST, count, |generator, header| {
            if !authorized && header.0 > AUTHORIZATION.0 {
                authorized = true;
                generator.header(AUTHORIZATION, values, prefix);
            }
            generator.header(header, values, prefix);
        });
        if !authorized {
            self.header(AUTHORIZATION, values, prefix);
        }
        self.json.raw("}");
    }

    /// A map of an answer's headers.
    pub(crate) fn response_headers(&mut self, name: &str) {
        let count = self.random.within(2..=6);
        self.json.key(name);
        self.json.raw("{");
        self.choose(&RESPONSE, count, |generator, header| {
            generator.header(header, Values::Lists, "");
        });
        self.json.raw("}");
    }

    /// Calls `each` for `count` of `choices`, all equally likely, in their order.
    fn choose(
        &mut self,
        choices: &[(&'static str, &'static str)],
        count: usize,
        mut each: impl FnMut(&mut Self, (&'static str, &'static str)),
    ) {
        let mut wanted = count.min(choices.len());
        for (position, choice) in choices.iter().enumerate() {
            if self.random.below(choices.len() - position) < wanted {
                wanted -= 1;
                each(self, *choice);
            }
        }
    }

    fn header(&mut self, (name, template): (&str, &str), values: Values, prefix: &str) {
        self.json.next();
        self.json.raw("\"");
        self.json.raw(prefix);
        self.json.raw(name);
        self.json.raw("\":");
        if values == Values::Strings {
            self.header_value(name, template);
            return;
        }
        self.json.raw("[");
        self.header_value(name, template);
        // Some headers occur twice in a request.
        if self.random.chance(3) {
            self.json.next();
            self.header_value(name, template);
        }
        self.json.raw("]");
    }

    fn header_value(&mut self, name: &str, template: &str) {
        if name == AUTHORIZATION.0 {
            self.credential(template);
        } else {
            self.string(template);
        }
    }
}
