//! Our own credentials, from variables, files and prompts: never from the command line.

use super::super::exit::Failure;
use super::super::input::Input;
use super::args::LoginArgs;
use super::prompt;
use qstash_redact::credentials::{Access, Kind, Region, Secret, Target};
use std::io::Read as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The largest file with a secret in it, in bytes.
const LARGEST: u64 = 1 << 20;

/// What the requests about `target` prove themselves with.
pub(super) fn access(target: &Target, flags: &LoginArgs) -> Result<Access, Failure> {
    if target.kind() == Kind::SigningKeys {
        return token(target.region(), flags.token_file.as_deref());
    }
    if flags.email_file.as_deref().is_some_and(is_stdin)
        && flags.api_key_file.as_deref().is_some_and(is_stdin)
    {
        return Err(Failure::usage("only one of the files can be stdin"));
    }
    Ok(Access::Developer {
        email: find(
            "the e-mail address",
            "UPSTASH_EMAIL",
            "--email-file",
            flags.email_file.as_deref(),
        )?,
        api_key: find(
            "the API key",
            "UPSTASH_API_KEY",
            "--api-key-file",
            flags.api_key_file.as_deref(),
        )?,
    })
}

fn token(region: Option<&Region>, file: Option<&Path>) -> Result<Access, Failure> {
    let variable = match region {
        Some(region) => format!("{}QSTASH_TOKEN", region.variable_prefix()),
        None => "QSTASH_TOKEN".to_owned(),
    };
    find("the QStash token", &variable, "--token-file", file).map(Access::Token)
}

/// The file that was named, or the variable, or the answer to a question.
fn find(what: &str, variable: &str, flag: &str, file: Option<&Path>) -> Result<Secret, Failure> {
    if let Some(file) = file {
        return read(file, what).and_then(|bytes| one_line(what, &bytes));
    }
    match std::env::var_os(variable) {
        Some(value) if !value.is_empty() => {
            one_line(what, &Zeroizing::new(value.into_encoded_bytes()))
        }
        _ => {
            let instead = format!("set {variable}, or give {flag} FILE");
            prompt::secret(what, &instead)
                .and_then(|answer| one_line(what, answer.expose().as_bytes()))
        }
    }
}

/// What is in a file, or on stdin.
pub(super) fn read(file: &Path, what: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let failed = |error: &std::io::Error| Failure::read(&format!("the file of {what}"), error);
    let input = Input::find(file, &format!("the file of {what}"))?;
    // Large enough at once: what a growing buffer leaves behind is not overwritten.
    let length = input.length().unwrap_or(64 << 10).min(LARGEST);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 64));
    let opened = input.open_raw().map_err(|error| failed(&error))?;
    opened
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::content(format!(
            "the file of {what} is too large for that"
        )));
    }
    Ok(bytes)
}

/// A secret in a line of its own; the line break that editors put there is no part of it.
fn one_line(what: &str, bytes: &[u8]) -> Result<Secret, Failure> {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty()
        || line
            .iter()
            .any(|byte| byte.is_ascii_control() || *byte == b' ')
    {
        return Err(Failure::content(format!(
            "{what}: it is one line, without blanks"
        )));
    }
    Secret::from_utf8(line.to_vec()).map_err(|error| Failure::input(what, &error))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_line() {
        for text in ["token", "token\n", "token\r\n"] {
            assert_eq!(one_line("it", text.as_bytes()).unwrap().expose(), "token");
        }
        for text in ["", "\n", "two\nlines", "token ", "token\n\n", "to\0ken"] {
            assert!(one_line("it", text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(one_line("it", b"tok\xffen").is_err());
    }
}
