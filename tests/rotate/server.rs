//! The documented endpoints over real HTTP and TLS, on this machine; every answer can be made to fail.

use crate::account::{Account, Reply};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Longer than any test takes, however slow the machine is.
const FOREVER: Duration = Duration::from_secs(3600);

/// What goes wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This status; nothing is done.
    Status(u16),
    /// 429, and the client is told not to wait; nothing is done.
    Busy,
    /// 429, and the client is told to wait for longer than there are years; nothing is done.
    BusyForever,
    /// The connection is closed at once; nothing is done.
    Hangup,
    /// It is done, and the connection is closed without an answer.
    Silence,
    /// It is done, and an error of the server is the answer.
    DoneBut500,
    /// It is done, and half of the answer comes.
    HalfAnswer,
    /// It is done, and the answer is no JSON.
    BrokenJson,
    /// It is done, and the answer is a page for people.
    WrongType,
    /// It is done, and the body of the answer takes forever.
    SlowBody,
    /// It is done, and the body of the answer has no end.
    Endless,
    /// The client is sent elsewhere; nothing is done.
    Redirect,
    /// There is no answer for a long time; nothing is done.
    Stall,
}

/// When it goes wrong.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// The beginning of the request's first line.
    call: &'static str,
    fault: Fault,
    /// How many such requests go well before.
    skip: u32,
    times: u32,
}

/// The service, as a test sees it. Its threads end with the test's process.
pub(crate) struct Server {
    shared: Shared,
    url: String,
    /// The certificate authority to trust, in PEM.
    pub(crate) authority: String,
}

#[derive(Clone, Default)]
struct Shared {
    account: Arc<Mutex<Account>>,
    plans: Arc<Mutex<Vec<Plan>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// HTTP in clear, on a loopback address.
    pub(crate) fn new() -> Self {
        Self::start(false)
    }

    /// HTTP over TLS.
    pub(crate) fn with_tls() -> Self {
        Self::start(true)
    }

    fn start(is_tls: bool) -> Self {
        let (authority, config) = certificates();
        let shared = Shared::default();
        let http = TcpListener::bind("127.0.0.1:0").unwrap();
        let redis = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, redis_port) = (
            http.local_addr().unwrap().port(),
            redis.local_addr().unwrap().port(),
        );
        shared.account.lock().unwrap().redis_port = redis_port;
        let tls = is_tls.then(|| Arc::clone(&config));
        let handler = shared.clone();
        serve(http, tls, move |stream| handler.answer(stream));
        let handler = shared.clone();
        serve(redis, Some(config), move |stream| {
            handler.answer_redis(stream)
        });
        let scheme = if is_tls { "https" } else { "http" };
        Self {
            shared,
            url: format!("{scheme}://localhost:{port}"),
            authority,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What the service knows.
    pub(crate) fn account(&self) -> std::sync::MutexGuard<'_, Account> {
        self.shared.account.lock().unwrap()
    }

    /// Lets the next request that begins with `call` fail.
    pub(crate) fn fail(&self, call: &'static str, fault: Fault) {
        self.fail_later(call, fault, 0, 1);
    }

    /// Lets requests that begin with `call` fail: so many `times`, after some that go well.
    pub(crate) fn fail_later(&self, call: &'static str, fault: Fault, skip: u32, times: u32) {
        let plan = Plan {
            call,
            fault,
            skip,
            times,
        };
        self.shared.plans.lock().unwrap().push(plan);
    }

    /// Whether some request will have to wait until its client gives up.
    pub(crate) fn holds_up(&self) -> bool {
        let plans = self.shared.plans.lock().unwrap();
        plans.iter().any(|plan| {
            plan.times > 0
                && matches!(
                    plan.fault,
                    Fault::Stall | Fault::SlowBody | Fault::BusyForever
                )
        })
    }

    /// All goes well again.
    pub(crate) fn heal(&self) {
        self.shared.plans.lock().unwrap().clear();
    }

    /// The methods and paths of all requests so far; `AUTH` for those to Redis.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// How many requests so far began with `call`.
    pub(crate) fn count(&self, call: &str) -> usize {
        self.seen()
            .iter()
            .filter(|line| line.starts_with(call))
            .count()
    }
}

impl Shared {
    fn answer(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let (line, authorization) = read_request(&mut stream)?;
        self.seen.lock().unwrap().push(line.clone());
        let fault = self.fault(&line);
        let early = match fault {
            Some(Fault::Status(status)) => Some(format!("HTTP/1.1 {status} Whatever\r\n")),
            Some(Fault::Busy) => Some("HTTP/1.1 429 Slow Down\r\nRetry-After: 0\r\n".to_owned()),
            Some(Fault::BusyForever) => Some(format!(
                "HTTP/1.1 429 Slow Down\r\nRetry-After: {}\r\n",
                u64::MAX
            )),
            Some(Fault::Redirect) => {
                Some("HTTP/1.1 307 Over There\r\nLocation: /elsewhere\r\n".to_owned())
            }
            Some(Fault::Hangup) => return Ok(()),
            Some(Fault::Stall) => {
                thread::sleep(FOREVER);
                return Ok(());
            }
            _ => None,
        };
        if let Some(head) = early {
            let body = r#"{"error":"this is a fault"}"#;
            return write!(
                stream,
                "{head}Content-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
        }
        let Reply { status, body } = self.account.lock().unwrap().call(&line, &authorization);
        let mut kind = "application/json";
        let (mut shown, mut length) = (body.clone(), body.len());
        match fault {
            Some(Fault::Silence) => return Ok(()),
            Some(Fault::DoneBut500) => {
                return write!(
                    stream,
                    "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
            Some(Fault::HalfAnswer | Fault::SlowBody) => shown.truncate(body.len() / 2),
            Some(Fault::BrokenJson) => {
                shown.pop();
                length = shown.len();
            }
            Some(Fault::WrongType) => kind = "text/html",
            Some(Fault::Endless) => length = 1 << 40,
            _ => {}
        }
        write!(
            stream,
            "HTTP/1.1 {status} Fine\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{shown}"
        )?;
        stream.flush()?;
        match fault {
            Some(Fault::SlowBody) => thread::sleep(FOREVER),
            Some(Fault::Endless) => io::copy(&mut io::repeat(b' '), &mut stream).map(drop)?,
            _ => {}
        }
        Ok(())
    }

    /// `AUTH` alone, as Redis has it.
    fn answer_redis(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let mut words = Vec::new();
        {
            let mut reader = BufReader::new(&mut stream);
            for _ in 0..5 {
                let mut line = String::new();
                reader.read_line(&mut line)?;
                words.push(line.trim_end().to_owned());
            }
        }
        self.seen.lock().unwrap().push("AUTH".to_owned());
        let fault = self.fault("AUTH");
        if fault == Some(Fault::Stall) {
            thread::sleep(FOREVER);
        }
        let account = self.account.lock().unwrap();
        let answer = match (&words[..], fault) {
            (_, Some(Fault::Hangup | Fault::Silence)) => return Ok(()),
            (_, Some(_)) => "-ERR max number of clients reached\r\n",
            ([array, _, auth, length, password], _) if array == "*2" && auth == "AUTH" => {
                assert_eq!(*length, format!("${}", password.len()));
                if *password == account.redis.password {
                    "+OK\r\n"
                } else {
                    "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
                }
            }
            _ => "-ERR unknown command\r\n",
        };
        stream.write_all(answer.as_bytes())
    }

    /// The fault that is planned for this request.
    fn fault(&self, line: &str) -> Option<Fault> {
        let mut plans = self.plans.lock().unwrap();
        let plan = plans
            .iter_mut()
            .find(|plan| plan.times > 0 && format!("{line}\n").starts_with(plan.call))?;
        if plan.skip > 0 {
            plan.skip -= 1;
            return None;
        }
        plan.times -= 1;
        Some(plan.fault)
    }
}

/// The request's method and path, and its `Authorization`.
fn read_request(stream: &mut impl Read) -> io::Result<(String, String)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
        assert!(head.len() < 1 << 16, "a head without end");
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let line = lines
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.to_owned()))
    };
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((line, header("authorization").unwrap_or_default()))
}

/// A thread for every connection.
fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    handler: impl Fn(&mut dyn Stream) -> io::Result<()> + Send + Sync + 'static,
) {
    let handler = Arc::new(handler);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let (handler, tls) = (Arc::clone(&handler), tls.clone());
            // A client that hangs up is no fault of the server's.
            thread::spawn(move || match tls {
                None => handler(&mut stream),
                Some(config) => {
                    let connection = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(connection, stream);
                    let handled = handler(&mut stream);
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                    handled
                }
            });
        }
    });
}

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// A certificate authority of the test's own, in PEM, and a server that it vouches for.
fn certificates() -> (String, Arc<ServerConfig>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (authority.pem(), Arc::new(config))
}
