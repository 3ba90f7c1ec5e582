//! What the service knows: credentials of every kind, how they are rotated, and who is let in.

use qstash_redact::Fingerprint;

pub(crate) const EMAIL: &str = "someone@example.com";
pub(crate) const API_KEY: &str = "f00dface-0000-4000-8000-c0ffee15dead";
pub(crate) const QSTASH_ID: &str = "99a4c327-0000-4f0e-a594-043ade84085a";
pub(crate) const REDIS_ID: &str = "7d3fa1d2-0000-4b2e-9666-e81abd0349e1";
pub(crate) const INDEX_ID: &str = "idx-0000-vector";
pub(crate) const SEARCH_ID: &str = "idx-0000-search";

/// A token, and one for reading alone.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) token: String,
    pub(crate) read_only: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Redis {
    pub(crate) password: String,
    pub(crate) rest: String,
    pub(crate) read_only: String,
    /// Credential Protection: what is read back holds no secrets.
    pub(crate) is_hidden: bool,
    /// Whether even the answer to a reset holds none.
    pub(crate) is_reset_hidden: bool,
    /// Whether answers hold no token for reading alone.
    pub(crate) has_no_reader: bool,
    /// Whether answers do not say where it is.
    pub(crate) is_nowhere: bool,
    /// Whether its REST API takes the password, too.
    pub(crate) takes_password: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) current: String,
    pub(crate) next: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) qstash: Tokens,
    pub(crate) redis: Redis,
    pub(crate) vector: Tokens,
    pub(crate) search: Tokens,
    pub(crate) keys: Keys,
    pub(crate) redis_port: u16,
    /// A fault of the service: old tokens go on working.
    pub(crate) keeps_old: bool,
    /// Every secret that there ever was.
    pub(crate) ever: Vec<String>,
    made: u32,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Default for Account {
    fn default() -> Self {
        let nobody = || Tokens {
            token: String::new(),
            read_only: String::new(),
        };
        let mut account = Self {
            qstash: nobody(),
            vector: nobody(),
            search: nobody(),
            redis: Redis {
                password: String::new(),
                rest: String::new(),
                read_only: String::new(),
                is_hidden: false,
                is_reset_hidden: false,
                has_no_reader: false,
                is_nowhere: false,
                takes_password: false,
            },
            keys: Keys {
                current: String::new(),
                next: String::new(),
            },
            redis_port: 0,
            keeps_old: false,
            ever: vec![API_KEY.to_owned()],
            made: 0,
        };
        account.keys.next = account.signing_key();
        account.roll();
        account.qstash = account.qstash_tokens();
        account.reset_redis();
        account.vector = account.index_tokens();
        account.search = account.index_tokens();
        account
    }
}

impl Account {
    /// Carries a request out, if it is let in.
    pub(crate) fn call(&mut self, line: &str, authorization: &str) -> Reply {
        let (method, path) = line.split_once(' ').unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts = path.trim_matches('/').split('/').collect::<Vec<_>>();
        let is_developer = matches!(
            &parts[..],
            ["v2", "qstash" | "redis" | "vector" | "search", ..] | ["qstash", ..]
        );
        if is_developer {
            if authorization != self::authorization() {
                return refusal(401);
            }
            return self.developer(method, &parts, query);
        }
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        match (method, &parts[..]) {
            ("GET", ["v2", "keys"]) if self.lets_in(&self.qstash, token) => ok(self.keys_answer()),
            ("POST", ["v2", "keys", "rotate"]) if token == self.qstash.token => {
                self.roll();
                ok(self.keys_answer())
            }
            (_, ["v2", "keys", ..]) => refusal(401),
            // The REST APIs of databases and indexes.
            ("GET", [""]) => {
                let redis = Tokens {
                    token: self.redis.rest.clone(),
                    read_only: self.redis.read_only.clone(),
                };
                let known = [&redis, &self.vector, &self.search];
                let is_password = token == self.redis.password && self.redis.takes_password;
                let is_known = known.into_iter().any(|tokens| self.lets_in(tokens, token));
                match is_known || is_password {
                    true => ok(r#"{"result":"OK"}"#.to_owned()),
                    false => refusal(401),
                }
            }
            _ => refusal(404),
        }
    }

    fn lets_in(&self, tokens: &Tokens, token: &str) -> bool {
        let is_old = self.keeps_old && self.ever.iter().any(|old| old == token);
        is_old || token == tokens.token || token == tokens.read_only
    }

    fn developer(&mut self, method: &str, parts: &[&str], query: &str) -> Reply {
        match (method, parts) {
            ("GET", ["v2", "qstash", "users"]) => ok(format!("[{}]", self.qstash_answer())),
            ("GET", ["v2", "qstash", "user", QSTASH_ID]) => ok(self.qstash_answer()),
            ("POST", ["v2", "qstash", "rotate-token", QSTASH_ID]) => {
                self.qstash = self.qstash_tokens();
                ok(self.qstash_answer())
            }
            ("POST", ["qstash", "user", "rotatetoken"]) => {
                self.qstash = self.qstash_tokens();
                ok(format!(
                    r#"{{"customer_id":"{EMAIL}","id":"{QSTASH_ID}","password":"{}","token":"{}","type":"paid"}}"#,
                    self.qstash.token, self.qstash.token
                ))
            }
            ("GET", ["v2", "redis", "database", REDIS_ID]) => {
                let is_hidden = self.redis.is_hidden || query == "credentials=hide";
                ok(self.redis_answer(is_hidden))
            }
            ("POST", ["v2", "redis", "reset-password", REDIS_ID]) => {
                self.reset_redis();
                ok(self.redis_answer(self.redis.is_reset_hidden))
            }
            ("GET", ["v2", "vector", "index", INDEX_ID]) => ok(index(INDEX_ID, &self.vector)),
            ("POST", ["v2", "vector", "index", INDEX_ID, "reset-password"]) => {
                self.vector = self.index_tokens();
                ok("\"OK\"".to_owned())
            }
            ("GET", ["v2", "search", SEARCH_ID]) => ok(index(SEARCH_ID, &self.search)),
            ("POST", ["v2", "search", SEARCH_ID, "reset-password"]) => {
                self.search = self.index_tokens();
                ok("\"OK\"".to_owned())
            }
            _ => refusal(404),
        }
    }

    /// Makes new credentials of the database.
    pub(crate) fn reset_redis(&mut self) {
        let password = self.random("password")[..32].to_owned();
        let rest = format!(
            "A{}",
            &base64(format!("x 07d3fa1d2{password}{}", self.random("rest")).as_bytes())[..99]
        );
        let read_only = format!("A{}", &base64(self.random("ro").repeat(2).as_bytes())[..99]);
        self.redis.password = self.remember(password);
        self.redis.rest = self.remember(rest);
        self.redis.read_only = self.remember(read_only);
    }

    fn roll(&mut self) {
        self.keys.current = self.keys.next.clone();
        self.keys.next = self.signing_key();
    }

    fn signing_key(&mut self) -> String {
        let key = format!("sig_{}", &self.random("key").replace(['0', '1'], "z")[..28]);
        self.remember(key)
    }

    fn qstash_tokens(&mut self) -> Tokens {
        let mut token = |what: &str| {
            let random = self.random(what);
            let user = "5c1f5a4d-1111-4222-8333-0123456789ab";
            let token = base64(
                format!(r#"{{"UserID":"{user}","Password":"{}"}}"#, &random[..32]).as_bytes(),
            );
            self.remember(token)
        };
        Tokens {
            token: token("qstash"),
            read_only: token("qstash-ro"),
        }
    }

    fn index_tokens(&mut self) -> Tokens {
        let mut token = |what: &str| {
            let random = self.random(what);
            self.remember(base64(format!("{random}{what}").as_bytes()))
        };
        Tokens {
            token: token("index"),
            read_only: token("index-ro"),
        }
    }

    /// 64 digits that were never used before.
    fn random(&mut self, what: &str) -> String {
        self.made += 1;
        Fingerprint::of(format!("{what} {}", self.made).as_bytes()).to_string()
    }

    fn remember(&mut self, secret: String) -> String {
        self.ever.push(secret.clone());
        secret
    }

    fn keys_answer(&self) -> String {
        format!(
            r#"{{"current":"{}","next":"{}"}}"#,
            self.keys.current, self.keys.next
        )
    }

    fn qstash_answer(&self) -> String {
        format!(
            r#"{{"customer_id":"{EMAIL}","id":"{QSTASH_ID}","token":"{}","read_only_token":"{}","active":true,"state":"active","max_delay":18446744073709551616,"type":"paid"}}"#,
            self.qstash.token, self.qstash.read_only
        )
    }

    fn redis_answer(&self, is_hidden: bool) -> String {
        let mut members = String::new();
        if !is_hidden {
            members += &format!(
                r#""password":"{}","rest_token":"{}","#,
                self.redis.password, self.redis.rest
            );
        }
        if !is_hidden && !self.redis.has_no_reader {
            members += &format!(r#""read_only_rest_token":"{}","#, self.redis.read_only);
        }
        if !self.redis.is_nowhere {
            members += &format!(r#""endpoint":"localhost","port":{},"#, self.redis_port);
        }
        format!(
            r#"{{"database_id":"{REDIS_ID}","database_name":"db","region":"global","state":"active",{members}"tls":true,"customer_id":"{EMAIL}","db_request_limit":9223372036854775808}}"#
        )
    }
}

fn index(id: &str, tokens: &Tokens) -> String {
    format!(
        r#"{{"customer_id":"{EMAIL}","id":"{id}","name":"index","endpoint":"localhost","token":"{}","read_only_token":"{}"}}"#,
        tokens.token, tokens.read_only
    )
}

fn ok(body: String) -> Reply {
    Reply { status: 200, body }
}

fn refusal(status: u16) -> Reply {
    Reply {
        status,
        body: r#"{"error":"refused"}"#.to_owned(),
    }
}

/// What the developer API wants to see.
pub(crate) fn authorization() -> String {
    format!("Basic {}", base64(format!("{EMAIL}:{API_KEY}").as_bytes()))
}

/// Base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0, |group, at| {
            group << 8 | u32::from(*chunk.get(at).unwrap_or(&0))
        });
        for at in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * at) & 63) as usize];
            text.push(if at > chunk.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    text
}
