//! Members taken at once against the token loop alone, with the input cut anywhere.

use super::*;
use crate::scan::kernel::{Best, Content, Portable};
use proptest::prelude::*;
use std::ops::Range;

/// Sees something special in every byte, so that all is left to the token loop but empty strings.
#[derive(Clone, Copy)]
struct Blind;

impl Kernel for Blind {
    type Compare = Portable;

    fn compare(self) -> Portable {
        Portable
    }

    fn special(self, _: &[u8; 64]) -> u64 {
        u64::MAX
    }

    fn after_blanks(self, input: &[u8], from: usize, lines: &mut u64) -> usize {
        Portable.after_blanks(input, from, lines)
    }

    fn skip_content(self, input: &[u8], from: usize, content: &mut Content) -> usize {
        Portable.skip_content(input, from, content)
    }

    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool {
        Portable.is_utf8(input, content)
    }

    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize {
        Portable.unescape(content, out)
    }

    fn decode_base64(self, digits: &[u8; 64], out: &mut [u8; 48]) -> bool {
        Portable.decode_base64(digits, out)
    }
}

/// All that a walk says, with the input growing from one cut to the next.
#[derive(Debug, PartialEq)]
struct Said {
    stops: Vec<Result<Stop, Fault>>,
    /// The state at each cut; after a fault there is none.
    walks: Vec<Walk>,
    picks: Vec<Pick>,
    visible: [u64; members::COUNT],
    unknown: u64,
    selected: bool,
    unknown_names: Option<Vec<Text>>,
}

/// A walk over an input in parts, for a kernel to take.
#[derive(Clone, Copy)]
struct Parts<'a> {
    fields: &'a RedactFields,
    input: &'a [u8],
    cuts: &'a [usize],
}

impl Task for Parts<'_> {
    type Outcome = Said;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Said {
        let rule = Rule {
            fields: self.fields,
            encoding: BodyEncoding::Auto,
        };
        let (mut walk, mut picks, mut seen) = (Walk::new(), Vec::new(), Seen::new(true));
        let (mut stops, mut walks) = (Vec::new(), Vec::new());
        let parts = self.cuts.iter().map(|cut| (*cut, false));
        'parts: for (end, last) in parts.chain([(self.input.len(), true)]) {
            loop {
                let input = &self.input[..end];
                let stop = walk.run_with(kernel, rule, input, last, &mut picks, &mut seen);
                stops.push(stop);
                match stop {
                    Err(_) => break 'parts,
                    Ok(Stop::At(..)) => {}
                    Ok(Stop::More | Stop::Between) => break,
                }
            }
            walks.push(walk.clone());
        }
        Said {
            stops,
            walks,
            picks,
            visible: seen.visible,
            unknown: seen.unknown,
            selected: seen.selected,
            unknown_names: seen.unknown_names,
        }
    }
}

fn assert_alike(rule: &str, input: &[u8], cuts: &[usize]) {
    let fields = rule.parse().unwrap();
    let parts = Parts {
        fields: &fields,
        input,
        cuts,
    };
    let expected = parts.run(Blind);
    for (name, kernel) in Best::available() {
        let said = kernel::run_with(kernel, parts);
        let input = String::from_utf8_lossy(input);
        assert_eq!(said, expected, "{name}, {rule}, cut at {cuts:?}: {input}");
    }
}

const RULES: [&str; 5] = [
    "",
    "body,header",
    "header[Authorization],url",
    "body,header[X-A],response.header[Authorization]",
    "body,header,response.body,response.header,url,error,ip",
];

/// Members of every form, in the commonest spelling and in others.
fn document() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        4 => prop::sample::select(members::MEMBERS).prop_map(|member| member.name.to_owned()),
        1 => "[a-zA-Z]{0,9}|[a-z]{0,130}",
        1 => Just(r"\u0062ody".to_owned()),
        1 => Just("body\\u0000".to_owned()),
        1 => "(?i)(Upstash-Forward-)?(Authorization|X-A|Host)",
    ];
    let scalar = prop_oneof![
        4 => "\"[ -!#-Z^-~]{0,30}\"",
        1 => "\"[ -!#-Z^-~]{50,200}\"",
        2 => "\"([a-z?@]|\\\\n|\\\\u00e9|é|€){0,60}\"",
        2 => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        1 => "0?[0-9]{1,20}",
        2 => prop::sample::select(vec!["null", "true", "false", "\"\"", "[]", "{}"]).prop_map(str::to_owned),
    ];
    let value = scalar.prop_recursive(4, 40, 6, move |inner| {
        let separator = |separators: &'static [&'static str]| prop::sample::select(separators);
        let members = (
            separator(&[":", ":", ":", " :", ": "]),
            separator(&[",", ",", ",", ", ", "\n,"]),
            prop::collection::vec((name.clone(), inner.clone()), 0..6),
        );
        prop_oneof![
            3 => members.prop_map(|(colon, comma, members)| {
                let members: Vec<String> = members
                    .into_iter()
                    .map(|(name, value)| format!("\"{name}\"{colon}{value}"))
                    .collect();
                format!("{{{}}}", members.join(comma))
            }),
            1 => inner.clone().prop_map(|value| format!("[{value}]")),
            1 => prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(","))),
        ]
    });
    prop::collection::vec(value, 1..4).prop_map(|values| values.join("\n"))
}

#[test]
fn every_cut_of_a_message_is_walked_alike() {
    let message = r#"{"messageId":"msg_1","url":"https://a?b","header":{"Authorization":["Bearer t"],"X-A":"é","X-B":["a","b"],"X-C":[],"X-D":["\n"]},"body":"{\"a\":1}","maxRetries":3,"notBefore":0,"createdAt":1757676786168,"rate":01,"#;
    for end in [
        r#""label":null,"isPaused":true}"#,
        r#""label":nul}"#,
        "\"callerIP\":1.5}",
        "x",
    ] {
        for (good, message) in [
            (true, message.replace("01", "1")),
            (false, message.to_owned()),
        ] {
            let input = format!("{message}{end}\n");
            for cut in 0..=input.len() {
                for rule in RULES {
                    assert_alike(rule, input.as_bytes(), &[cut]);
                }
            }
            assert_eq!(good, !message.contains("01"));
        }
    }
}

proptest! {
    #[test]
    fn members_are_taken_as_the_token_loop_takes_them(
        input in document(),
        rule in prop::sample::select(&RULES[..]),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.sort_unstable();
        assert_alike(rule, input.as_bytes(), &cuts);
    }

    #[test]
    fn broken_members_are_refused_as_the_token_loop_refuses_them(
        input in document(),
        rule in prop::sample::select(&RULES[..]),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\",:[]{}\\ 0e.-".as_slice())],
        cut in any::<prop::sample::Index>(),
    ) {
        let mut input = input.into_bytes();
        let at = at.index(input.len());
        input[at] = byte;
        let cut = cut.index(input.len() + 1);
        assert_alike(rule, &input, &[cut]);
        assert_alike(rule, &input[..at], &[]);
    }
}
