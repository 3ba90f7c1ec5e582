//! Bodies: JSON as applications send it, forms, and bytes that are no text.

use crate::random::Random;
use crate::template;

/// How large bodies are, in bytes before escaping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// 100 to 300.
    Small,
    /// 1,000 to 3,000.
    Medium,
    /// 64 KiB to 2 MiB, half of them below 384 KiB.
    Large,
    /// About this many.
    Exactly(usize),
}

impl Size {
    pub(crate) fn draw(self, random: &mut Random) -> usize {
        match self {
            Self::Small => random.within(100..=300),
            Self::Medium => random.within(1_000..=3_000),
            // Five doublings lie between the limits; each is as likely as another.
            Self::Large => {
                let base = (64 * 1024) << random.below(5);
                base + random.below(base)
            }
            Self::Exactly(length) => length,
        }
    }
}

/// Members of a body's object. Some hold JSON or markup of their own, with escapes in escapes.
const MEMBERS: [&str; 14] = [
    r#""customer":{"name":"%n","email":"customer-%d@example.com","token":"fake-%k"}"#,
    r#""items":[{"sku":"%h","count":3,"price":19.90},{"sku":"%h","count":1,"price":1e3}]"#,
    r#""note":"%p\nand then: \"%p\"\tend""#,
    r#""html":"<p class=\"total\">%p &amp; <b>%d</b></p>""#,
    r#""payload":"{\"id\":\"%h\",\"path\":\"C:\\\\jobs\\\\%d\",\"ok\":true}""#,
    r#""escaped":"caf\u00e9 \ud83d\ude00 %w \u2028 \u003c%d\u003e""#,
    r#""tags":["%w","%w","%p"],"retries":%d,"dryRun":false,"parent":null"#,
    r#""amount":9223372036854775808,"ratio":0.12345678901234567890,"at":%t"#,
    r#""session":"fake-session-%k%k","address":"%i""#,
    r#""description":"The %w of %n was handed to the %w team, which will look at it within %d minutes.""#,
    r#""link":"https://shop.example.com/%w/%d?signature=fake-%h%h""#,
    r#""trace":{"id":"%h%h","span":"%h","sampled":true}"#,
    r#""blob":"%k%k%k%k%k%k""#,
    r#""address":{"street":"%p","city":"%w","postcode":"%d","lines":["%n","%p"]}"#,
];

/// Appends a text of about `length` bytes: mostly compact JSON, some indented, some forms.
pub(crate) fn text(length: usize, random: &mut Random, out: &mut Vec<u8>) {
    let end = out.len() + length;
    match random.below(20) {
        0 => {
            template::fill("name=%w&password=fake-%k&next=%%2F%w", random, out);
            while out.len() < end {
                template::fill("&field_%d=%w+%w&token=fake-%h", random, out);
            }
        }
        1..4 => object("\n  ", "\n}", end, random, out),
        _ => object("", "}", end, random, out),
    }
}

/// Appends an object until `end`, with `blank` before each member.
fn object(blank: &str, close: &str, end: usize, random: &mut Random, out: &mut Vec<u8>) {
    out.push(b'{');
    out.extend_from_slice(blank.as_bytes());
    template::fill(r#""event":"%w.created","id":"evt_%h""#, random, out);
    while out.len() + 50 < end {
        out.push(b',');
        out.extend_from_slice(blank.as_bytes());
        let member = random.pick(&MEMBERS);
        template::fill(member, random, out);
    }
    out.extend_from_slice(close.as_bytes());
}

/// Appends `length` bytes that begin like a file and are no UTF-8.
pub(crate) fn binary(length: usize, random: &mut Random, out: &mut Vec<u8>) {
    const MAGIC: [&[u8]; 3] = [b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"\xff\xd8\xff\xe0"];
    let magic = random.pick(&MAGIC);
    out.extend_from_slice(magic);
    random.bytes(length.saturating_sub(magic.len()), out);
}
