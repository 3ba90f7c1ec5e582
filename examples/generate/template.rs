//! Text with blanks to fill in: `%` and a letter stand for something random.
//!
//! | code | filled in |
//! | --- | --- |
//! | `%d` | a number of one to six digits |
//! | `%t` | a time in milliseconds |
//! | `%h` | 16 hex digits |
//! | `%k` | 24 letters and digits |
//! | `%K` | 8 to 120 letters and digits |
//! | `%u` | a UUID |
//! | `%i` | an address reserved for documentation |
//! | `%w` | an English word |
//! | `%n` | a person's name |
//! | `%p` | a phrase in some language |
//! | `%%` | a percent sign |

use crate::random::Random;

const WORDS: [&str; 16] = [
    "order",
    "invoice",
    "refund",
    "shipment",
    "customer",
    "report",
    "digest",
    "import",
    "export",
    "reminder",
    "payment",
    "webhook",
    "signup",
    "billing",
    "cleanup",
    "thumbnail",
];

const NAMES: [&str; 8] = [
    "Ada Example",
    "Zoë Müller",
    "José Núñez",
    "Åsa Öberg",
    "Nguyễn Văn A",
    "山田 太郎",
    "Олена Коваль",
    "Grace O'Sample",
];

const PHRASES: [&str; 8] = [
    "please call back before noon",
    "Größe passt nicht, Rückgabe nötig",
    "livré à l'étage – merci",
    "請求書を確認してください",
    "thank you 🎉 see you soon",
    "total is 12,50 € incl. VAT",
    "the parcel was left with a neighbor",
    "naïve café, à la carte",
];

/// Appends `template` with its blanks filled in.
pub(crate) fn fill(template: &str, random: &mut Random, out: &mut Vec<u8>) {
    let mut rest = template.as_bytes();
    while let Some(position) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..position]);
        match rest[position + 1] {
            b'd' => number_to(random.next() % 1_000_000, out),
            b't' => number_to(1_752_000_000_000 + random.next() % 10_000_000_000, out),
            b'h' => random.hex(16, out),
            b'k' => random.word(24, out),
            b'K' => {
                let count = random.within(8..=120);
                random.word(count, out);
            }
            b'u' => uuid(random, out),
            b'i' => address(random, out),
            b'w' => out.extend_from_slice(random.pick(&WORDS).as_bytes()),
            b'n' => out.extend_from_slice(random.pick(&NAMES).as_bytes()),
            b'p' => out.extend_from_slice(random.pick(&PHRASES).as_bytes()),
            b'%' => out.push(b'%'),
            code => unreachable!("no blank is called {:?}", char::from(code)),
        }
        rest = &rest[position + 2..];
    }
    out.extend_from_slice(rest);
}

fn number_to(mut number: u64, out: &mut Vec<u8>) {
    let start = out.len();
    loop {
        out.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out[start..].reverse();
}

fn uuid(random: &mut Random, out: &mut Vec<u8>) {
    for (position, count) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if position > 0 {
            out.push(b'-');
        }
        random.hex(count, out);
    }
}

fn address(random: &mut Random, out: &mut Vec<u8>) {
    let network = random.pick(&["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::"]);
    out.extend_from_slice(network.as_bytes());
    number_to(random.next() % 256, out);
}
