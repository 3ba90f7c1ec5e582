//! The contract's table of private members, written down a second time.

use qstash_redact::Group;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Base64,
    /// Base64 in a log or event, text elsewhere, unless the caller says otherwise.
    Body,
    Headers,
    Url,
}

/// What the member called `name` holds, if that is private.
pub fn private(name: &[u8]) -> Option<(Group, Kind)> {
    Some(match name {
        b"body" => (Group::Body, Kind::Body),
        b"out" | b"callBody" | b"invokedWorkflowRunBody" => (Group::Body, Kind::Text),
        b"bodyBase64" | b"sourceBody" | b"timeoutBody" => (Group::Body, Kind::Base64),
        b"header"
        | b"headers"
        | b"sourceHeader"
        | b"callbackHeader"
        | b"callbackHeaders"
        | b"failureCallbackHeader"
        | b"failureCallbackHeaders"
        | b"callHeaders"
        | b"invokedWorkflowRunHeaders"
        | b"timeoutHeaders" => (Group::Header, Kind::Headers),
        b"responseBody" => (Group::ResponseBody, Kind::Body),
        b"callResponseBody" | b"failResponse" | b"workflowRunResponse" => {
            (Group::ResponseBody, Kind::Text)
        }
        b"responseBodyBase64" => (Group::ResponseBody, Kind::Base64),
        b"responseHeader" | b"responseHeaders" | b"callResponseHeaders" | b"failHeaders" => {
            (Group::ResponseHeader, Kind::Headers)
        }
        b"url"
        | b"destination"
        | b"callback"
        | b"failureCallback"
        | b"callUrl"
        | b"workflowUrl"
        | b"invokedWorkflowUrl"
        | b"timeoutUrl" => (Group::Url, Kind::Url),
        b"error" => (Group::Error, Kind::Text),
        b"callerIP" | b"callerIp" | b"workflowRunCallerIp" => (Group::Ip, Kind::Text),
        _ => return None,
    })
}

/// A header's name as rules compare it: without the one prefix of publish requests, in lowercase.
pub fn bare_header_name(name: &[u8]) -> Vec<u8> {
    let lower = name.to_ascii_lowercase();
    for prefix in ["", "callback-", "failure-callback-"] {
        let prefix = format!("upstash-{prefix}forward-");
        if let Some(bare) = lower.strip_prefix(prefix.as_bytes()) {
            return bare.to_vec();
        }
    }
    lower
}
