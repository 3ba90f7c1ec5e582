//! The planted corpus: every kind of file in which credentials are left, with secrets in every
//! encoding, at the beginning, in the middle and at the end.

use crate::encoding::{Encoding, base64};
use qstash_redact::Placeholder;

/// A file, and on which lines which secrets are in it.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
    /// Lines from 1, and what is found there.
    pub(crate) plants: Vec<(u64, Placeholder)>,
    pub(crate) encoding: Encoding,
}

/// What is planted: made up, in the forms that the real ones have, and two others.
pub(crate) fn secrets() -> Vec<String> {
    let user = r#"{"UserID":"7d9a2c5e-1b3f-4e6a-8c0d-2f4b6a8c0e1f","Password":"0f1e2d3c4b5a69788796a5b4c3d2e1f0"}"#;
    let rest = (0..76_u8)
        .map(|index| index.wrapping_mul(37) ^ 0x5a)
        .collect::<Vec<_>>();
    vec![
        base64(user.as_bytes(), false),
        "sig_7kYjbzVn3RwP8mTqLxHc5dWfA2sE".to_owned(),
        format!("A{}", base64(&rest, true)),
        "f3b1c9d27a604e5d8b7c6a5f4e3d2c1b".to_owned(),
        "correct-horse.battery_staple~9".to_owned(),
    ]
}

/// The kinds of files, by name and content; `VALUE` is where a secret goes.
const FILES: &[(&str, &str)] = &[
    (".env", "# comment\nQSTASH_TOKEN=VALUE\nA=1\n"),
    (".env.local", "export QSTASH_TOKEN=\"VALUE\"\n"),
    (".env.production", "QSTASH_TOKEN='VALUE'\n"),
    (
        ".env.example",
        "QSTASH_URL=https://qstash.upstash.io\nUS_EAST_1_QSTASH_TOKEN=VALUE # rotated?\n",
    ),
    ("staging.env", "NEXT_PUBLIC_KV_REST_API_TOKEN = VALUE\n"),
    (".envrc", "export UPSTASH_REDIS_REST_TOKEN=VALUE;\n"),
    (
        "docker-compose.yml",
        "services:\n  web:\n    environment:\n      - QSTASH_TOKEN=VALUE\n      A: b\n",
    ),
    (
        "k8s/secret.yaml",
        "kind: Secret\ndata:\n  token: VALUE\n  other: YQ==\n",
    ),
    ("values.yaml", "qstash:\n  token: \"VALUE\" # the old one\n"),
    ("list.yaml", "tokens:\n- VALUE\n- 'VALUE'\n"),
    (
        "config.json",
        "{\n  \"qstash\": {\n    \"token\": \"VALUE\"\n  }\n}\n",
    ),
    (
        "flat.json",
        "{\"a\":1,\"token\":\"VALUE\",\"b\":[\"VALUE\"]}",
    ),
    (
        "vercel.json",
        "{\"env\":{\"QSTASH_TOKEN\":\"VALUE\"},\"x\":\"y\"}\n",
    ),
    ("Cargo.toml", "[env]\nQSTASH_TOKEN = \"VALUE\"\n"),
    ("wrangler.toml", "[vars]\nTOKEN = 'VALUE'\nOTHER = 1\n"),
    ("settings.ini", "[upstash]\ntoken=VALUE\n"),
    ("app.properties", "upstash.token: VALUE\n"),
    (
        "README.md",
        "# Use\n\nRun with `VALUE` as the token, or\n\n    QSTASH_TOKEN=VALUE npm start\n\n> VALUE\n",
    ),
    (
        "notes.txt",
        "the old token was VALUE, now dead\n(VALUE)\n<VALUE>\ntoken: VALUE.\n",
    ),
    (
        "incident.ipynb",
        "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\n\"token = \\\"VALUE\\\"\\n\",\n\"print(1)\"]}]}\n",
    ),
    (
        "deploy.sh",
        "#!/bin/sh\ncurl -H \"Authorization: Bearer VALUE\" https://qstash.upstash.io/v2/keys\n",
    ),
    (
        "run.sh",
        "QSTASH_TOKEN=VALUE node index.js\nnode --token VALUE x\nnode --token=VALUE\n",
    ),
    (
        ".bash_history",
        "ls\nexport QSTASH_TOKEN=VALUE\ncurl -H 'Authorization: Bearer VALUE' https://x\n",
    ),
    (
        ".zsh_history",
        ": 1700000000:0;curl -u default:VALUE https://x/\n",
    ),
    (
        "fish_history",
        "- cmd: set -x QSTASH_TOKEN VALUE\n  when: 1700000000\n",
    ),
    (
        ".github/workflows/ci.yml",
        "jobs:\n  build:\n    env:\n      QSTASH_TOKEN: VALUE\n    steps:\n    - run: curl -H 'Authorization: Bearer VALUE' https://x\n",
    ),
    (".gitlab-ci.yml", "variables:\n  QSTASH_TOKEN: \"VALUE\"\n"),
    (".circleci/config.yml", "- run: echo VALUE | wc -c\n"),
    (
        "terraform.tfstate",
        "{\"resources\":[{\"instances\":[{\"attributes\":{\n\"rest_token\": \"VALUE\",\n\"x\": null}}]}]}\n",
    ),
    ("prod.tfvars", "rest_token = \"VALUE\"\n"),
    (
        ".upstash.json",
        "{\"email\":\"person\",\"apiKey\":\"VALUE\"}",
    ),
    (
        "urls.txt",
        "https://example.com/hook?token=VALUE&x=1\nhttps://example.com/a?x=1&key=VALUE#c\nrediss://default:VALUE@localhost:6379\n",
    ),
    ("redis.conf", "requirepass VALUE\n"),
    (
        "redis-url.env",
        "REDIS_URL=rediss://default:VALUE@eu1-a.upstash.io:6379\n",
    ),
    (
        "client.ts",
        "const client = new Client({ token: \"VALUE\" });\nfetch(url, { headers: { Authorization: `Bearer VALUE` } });\n",
    ),
    (
        "client.py",
        "client = QStash(\"VALUE\")\nheaders = {'Authorization': 'Bearer VALUE'}\n",
    ),
    ("client.go", "client := qstash.NewClient(\"VALUE\")\n"),
    (
        "page.html",
        "<meta name=\"t\" content=\"VALUE\">\n<code>VALUE</code>\n",
    ),
    ("pom.xml", "<token>VALUE</token>\n<a b='VALUE'/>\n"),
    (
        "app.log",
        "2026-01-01T00:00:00Z INFO token=VALUE status=200\n2026 GET /x?key=VALUE 200\n",
    ),
    ("table.csv", "name,token,x\na,VALUE,1\nb,\"VALUE\",2\n"),
    ("patch.diff", "-QSTASH_TOKEN=VALUE\n+QSTASH_TOKEN=VALUE\n"),
    (".npmrc", "//registry.example/:_authToken=VALUE\n"),
    (".netrc", "machine x login y password VALUE\n"),
    (
        "dlq.json",
        "{\"messages\":[{\"dlqId\":\"1-0\",\"header\":{\"Authorization\":[\"Bearer VALUE\"]},\n\"body\":\"{\\\"token\\\":\\\"VALUE\\\",\\\"n\\\":1}\"}],\"cursor\":\"\"}\n",
    ),
    (
        "dlq-nested.json",
        "{\"body\":\"{\\\"inner\\\":\\\"{\\\\\\\"token\\\\\\\":\\\\\\\"VALUE\\\\\\\"}\\\"}\"}\n",
    ),
    (
        "logs.ndjson",
        "{\"logs\":[{\"url\":\"https://x/?token=VALUE\"}]}\n{\"logs\":[{\"error\":\"bad token VALUE given\"}]}\n",
    ),
    ("bare.txt", "VALUE\n"),
    ("token", "VALUE"),
];

/// Where in a file the part with the secrets is.
#[derive(Clone, Copy)]
enum Position {
    /// As it is.
    Begin,
    /// Behind other lines.
    Middle,
    /// The end, without a line break.
    End,
    /// With line breaks of two bytes, behind a byte order mark.
    Windows,
}

const POSITIONS: [Position; 4] = [
    Position::Begin,
    Position::Middle,
    Position::End,
    Position::Windows,
];

/// Every kind of file in every encoding.
pub(crate) fn corpus() -> Vec<Planted> {
    let secrets = secrets();
    let mut files = Vec::new();
    for (number, (name, template)) in FILES.iter().enumerate() {
        for (index, encoding) in Encoding::ALL.into_iter().enumerate() {
            let position = POSITIONS[(number + index) % POSITIONS.len()];
            let path = format!("{encoding:?}/{number}/{name}").to_lowercase();
            files.push(plant(path, template, encoding, position, &secrets));
        }
    }
    files
}

fn plant(
    path: String,
    template: &str,
    encoding: Encoding,
    position: Position,
    secrets: &[String],
) -> Planted {
    let mut text = String::new();
    let mut plants = Vec::new();
    if let Position::Middle = position {
        text.extend((0..200).map(|line| format!("# line {line} of what is of no interest\n")));
    }
    for secret in secrets {
        for line in template.split_inclusive('\n') {
            let number = text.lines().count() as u64 + 1;
            if line.contains("VALUE") {
                plants.push((number, Placeholder::of(secret.as_bytes())));
            }
            text.push_str(&line.replace("VALUE", &encoding.of(secret)));
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    match position {
        Position::End => {
            text.pop();
        }
        Position::Windows => text = format!("\u{feff}{}", text.replace('\n', "\r\n")),
        Position::Begin | Position::Middle => {}
    }
    Planted {
        path,
        content: text.into_bytes(),
        plants,
        encoding,
    }
}
