//! Whether a Redis password is accepted, asked over TLS in the protocol of Redis: `AUTH`, and nothing
//! else.

use qstash_redact::credentials::{Secret, Seen};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest line of an answer, in bytes.
const LONGEST: u64 = 1024;

/// Asks the server at `host`:`port`.
pub(super) fn auth(
    host: &str,
    port: u16,
    password: &Secret,
    tls: &Arc<ClientConfig>,
    patience: Duration,
) -> Seen {
    match converse(host, port, password, tls, patience) {
        // Half a line is no answer.
        Ok(line) if line.ends_with(b"\r\n") => Seen::of_redis_auth(&line),
        Ok(_) | Err(_) => Seen::NoAnswer,
    }
}

fn converse(
    host: &str,
    port: u16,
    password: &Secret,
    tls: &Arc<ClientConfig>,
    patience: Duration,
) -> io::Result<Vec<u8>> {
    let stream = connect(host, port, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::clone(tls), name).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(&request(password))?;
    stream.flush()?;
    let mut line = Vec::new();
    BufReader::new(stream.take(LONGEST)).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// Connects to the first address of the host that answers.
fn connect(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    let mut ended = Err(io::ErrorKind::NotFound.into());
    for address in (host, port).to_socket_addrs()? {
        ended = TcpStream::connect_timeout(&address, patience);
        if ended.is_ok() {
            break;
        }
    }
    ended
}

/// `AUTH password`, as an array of strings whose lengths are told.
fn request(password: &Secret) -> Zeroizing<Vec<u8>> {
    let password = password.expose().as_bytes();
    let mut request = Zeroizing::new(Vec::with_capacity(password.len() + 64));
    request.extend_from_slice(b"*2\r\n$4\r\nAUTH\r\n$");
    request.extend_from_slice(password.len().to_string().as_bytes());
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(password);
    request.extend_from_slice(b"\r\n");
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_password_is_told_in_bytes() {
        let secret = Secret::new("pä\r\n".to_owned());
        assert_eq!(
            *request(&secret),
            "*2\r\n$4\r\nAUTH\r\n$5\r\npä\r\n\r\n".as_bytes()
        );
    }
}
