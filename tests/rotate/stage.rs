//! A server, a directory, and the program in it that knows the way to the server.

use crate::account::{API_KEY, EMAIL, INDEX_ID, QSTASH_ID, REDIS_ID, SEARCH_ID};
use crate::place::{Place, Ran};
use crate::server::Server;
use std::process::{Child, Command, Stdio};

/// What can be rotated: the words of the command line, and the call that rotates.
pub(crate) struct Subject {
    pub(crate) words: &'static [&'static str],
    pub(crate) read: &'static str,
    pub(crate) call: &'static str,
    /// A variable that it sets by itself.
    pub(crate) variable: &'static str,
}

pub(crate) const QSTASH: Subject = Subject {
    words: &["qstash", QSTASH_ID],
    read: "GET /v2/qstash/user/",
    call: "POST /v2/qstash/rotate-token/",
    variable: "QSTASH_TOKEN",
};
pub(crate) const REDIS: Subject = Subject {
    words: &["redis", REDIS_ID],
    read: "GET /v2/redis/database/",
    call: "POST /v2/redis/reset-password/",
    variable: "UPSTASH_REDIS_REST_TOKEN",
};
pub(crate) const VECTOR: Subject = Subject {
    words: &["vector", INDEX_ID],
    read: "GET /v2/vector/index/",
    call: "POST /v2/vector/index/",
    variable: "UPSTASH_VECTOR_REST_TOKEN",
};
pub(crate) const SEARCH: Subject = Subject {
    words: &["search", SEARCH_ID],
    read: "GET /v2/search/",
    call: "POST /v2/search/",
    variable: "UPSTASH_SEARCH_REST_TOKEN",
};
pub(crate) const KEYS: Subject = Subject {
    words: &["signing-keys"],
    read: "GET /v2/keys",
    call: "POST /v2/keys/rotate",
    variable: "QSTASH_CURRENT_SIGNING_KEY",
};
pub(crate) const ALL: [Subject; 5] = [QSTASH, REDIS, VECTOR, SEARCH, KEYS];

pub(crate) struct Stage {
    pub(crate) place: Place,
    pub(crate) server: Server,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(Server::new())
    }

    pub(crate) fn with(server: Server) -> Self {
        let place = Place::new();
        place.put("ca.pem", &server.authority);
        Self { place, server }
    }

    /// `rotate` with `words`, the way to the server, and `more`; it may go on without asking.
    pub(crate) fn command(&self, words: &[&str], more: &str) -> Command {
        self.asking(words, &format!("--yes {more}"))
    }

    /// The same, and it must ask.
    pub(crate) fn asking(&self, words: &[&str], more: &str) -> Command {
        let mut command = self.place.command(["rotate"]);
        let url = self.server.url();
        command
            .args(words)
            .args([
                "--endpoint",
                url,
                "--qstash-endpoint",
                url,
                "--rest-endpoint",
                url,
            ])
            .args(["--ca-file", "ca.pem", "--ledger", "ledger"])
            .args(more.split_whitespace())
            .env("UPSTASH_EMAIL", EMAIL)
            .env("UPSTASH_API_KEY", API_KEY)
            .env("QSTASH_TOKEN", &self.server.account().qstash.token)
            .env("UPSTASH_REDIS_REST_TOKEN", "of another database")
            // Nothing goes by way of a proxy: there is none here.
            .env("ALL_PROXY", "http://127.0.0.1:1")
            .env("http_proxy", "http://127.0.0.1:1")
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .stdin(Stdio::null());
        // Only where there is something to give up: what answers may be slow on a busy machine.
        if self.server.holds_up() && !more.contains("--timeout") {
            command.args(["--timeout", "3"]);
        }
        command
    }

    /// Runs a rotation.
    pub(crate) fn rotate(&self, subject: &Subject, more: &str) -> Ran {
        self.command(subject.words, more).output().unwrap().into()
    }

    /// Begins a rotation.
    pub(crate) fn begin(&self, subject: &Subject, more: &str) -> Child {
        self.command(subject.words, more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The secret that the service accepts now and that the subject's variable should hold.
    pub(crate) fn valid(&self, subject: &Subject) -> String {
        let account = self.server.account();
        match subject.words[0] {
            "qstash" => account.qstash.token.clone(),
            "redis" => account.redis.rest.clone(),
            "vector" => account.vector.token.clone(),
            "search" => account.search.token.clone(),
            _ => account.keys.current.clone(),
        }
    }

    /// What a variable holds in a file of lines; nothing if there is no such file or line.
    pub(crate) fn value(&self, file: &str, variable: &str) -> Option<String> {
        let content = std::fs::read_to_string(self.place.path(file)).ok()?;
        content
            .lines()
            .find_map(|line| line.strip_prefix(variable)?.strip_prefix('='))
            .map(str::to_owned)
    }

    /// Asserts that `text` holds no secret that there ever was, nor half of one.
    #[track_caller]
    pub(crate) fn assert_silent(&self, text: &str, what: &str) {
        for secret in &self.server.account().ever {
            for half in [&secret[..secret.len() / 2], &secret[secret.len() / 2..]] {
                assert!(!text.contains(half), "{what} holds a secret: {text}");
            }
        }
    }

    /// Asserts that neither what was printed nor the ledger hold a secret.
    #[track_caller]
    pub(crate) fn assert_secret(&self, ran: &Ran) {
        self.assert_silent(&ran.stdout, "stdout");
        self.assert_silent(&ran.stderr, "stderr");
        if let Ok(ledger) = std::fs::read_to_string(self.place.path("ledger")) {
            self.assert_silent(&ledger, "the ledger");
        }
    }
}
