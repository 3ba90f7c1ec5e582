//! Pages of the DLQ to work on: the same bytes in every run, on every machine.

use std::fmt::Write as _;

/// A page of the DLQ and what to call it.
pub(crate) struct Corpus {
    pub(crate) name: &'static str,
    pub(crate) page: String,
}

impl Corpus {
    /// Bodies of about 200 bytes, 2 KB and 128 KB; each page about 1 MB.
    pub(crate) fn all() -> [Self; 3] {
        [
            Self::new("small", 200, 700),
            Self::new("medium", 2_000, 280),
            Self::new("large", 128_000, 7),
        ]
    }

    fn new(name: &'static str, body: usize, records: usize) -> Self {
        let mut numbers = Numbers(1);
        let mut page = r#"{"messages":["#.to_owned();
        for record in 0..records {
            page += if record > 0 { "," } else { "" };
            write_record(&mut page, &mut numbers, body);
        }
        page += r#"],"cursor":"1686652644442-12"}"#;
        Self { name, page }
    }
}

/// A message with ten headers and a body of JSON in JSON.
fn write_record(out: &mut String, numbers: &mut Numbers, body: usize) {
    let id = numbers.next();
    *out += &format!(
        r#"{{"messageId":"msg_{id:020}","dlqId":"{id}-0","url":"https://api.example.com/v1/orders","#
    );
    *out += r#""method":"POST","header":{"#;
    for name in [
        "Accept",
        "Accept-Encoding",
        "Authorization",
        "Content-Type",
        "Cookie",
        "User-Agent",
        "X-Api-Key",
        "X-Forwarded-For",
        "X-Request-Id",
        "X-Trace",
    ] {
        let separator = if name == "Accept" { "" } else { "," };
        let value = numbers.digits(8 + name.len() * 5);
        *out += &format!(r#"{separator}"{name}":["fake-{value}"]"#);
    }
    *out += r#"},"body":"{\"items\":["#;
    let end = out.len() + body;
    while out.len() < end {
        let number = numbers.next();
        *out += &format!(
            r#"{{\"sku\":\"{number:x}\",\"title\":\"caf\u00e9 & more\\n\",\"price\":{}}},"#,
            number % 1000
        );
    }
    *out += r#"{}]}","maxRetries":3,"createdAt":1760222680230,"responseStatus":500,"#;
    *out += r#""callerIP":"203.0.113.87","queueName":"orders"}"#;
}

/// Numbers that look random enough.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }

    fn digits(&mut self, count: usize) -> String {
        let mut digits = String::new();
        while digits.len() < count {
            let _ = write!(digits, "{:x}", self.next());
        }
        digits.truncate(count);
        digits
    }
}
