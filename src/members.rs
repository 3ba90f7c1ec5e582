//! The members that the contract knows: which hold private data, in which group, and which bytes are hashed.
//!
//! Data only, and how it is found. Names are compared exactly, case included; a name means the same
//! wherever it stands.

mod find;

pub(crate) use find::{find, find_at};

/// A group of members that a rule selects together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Bodies and workflow step outputs. QStash's own rule knows this one.
    Body,
    /// Header maps. QStash's own rule knows this one.
    Header,
    /// What a destination answered: exports only.
    ResponseBody,
    /// Headers of what a destination answered: exports only.
    ResponseHeader,
    /// URLs with user info, a query or a fragment: exports only.
    Url,
    /// Error texts: exports only.
    Error,
    /// Addresses of callers: exports only.
    Ip,
}

impl Group {
    /// Every group, in the order in which a rule is printed.
    pub const ALL: [Self; 7] = [
        Self::Body,
        Self::Header,
        Self::ResponseBody,
        Self::ResponseHeader,
        Self::Url,
        Self::Error,
        Self::Ip,
    ];

    /// The group's keyword in a rule.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Header => "header",
            Self::ResponseBody => "response.body",
            Self::ResponseHeader => "response.header",
            Self::Url => "url",
            Self::Error => "error",
            Self::Ip => "ip",
        }
    }

    /// A bit of its own for each group.
    #[inline(always)]
    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The group that a rule selects the contract's member `name` with; `None` if it always stays
    /// visible, or is no member of the contract.
    #[must_use]
    pub fn of_member(name: &str) -> Option<Self> {
        find(name.as_bytes())?
            .private()
            .map(|private| private.group)
    }
}

/// How the private bytes of a member's value are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The string's text.
    Text,
    /// The bytes that the string holds in base64.
    Base64,
    /// Base64 inside a log or event, text elsewhere.
    Base64InLog,
    /// An object of header names, each with a string or an array of strings.
    Headers,
    /// The string's text, where it contains user info, a query or a fragment.
    Url,
}

/// What the `body` and `responseBody` of an input hold, the two members whose encoding depends on where
/// they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyEncoding {
    /// Base64 inside the elements of an array called `logs` or `events`, text elsewhere.
    #[default]
    Auto,
    /// Text everywhere.
    Text,
    /// Base64 everywhere.
    Base64,
}

/// One member of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    /// Group and shape of a member with private data; `None` for one that always stays visible.
    pub(crate) private: Option<(Group, Shape)>,
}

/// The place of a member in [`MEMBERS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberId(u8);

impl MemberId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The [bit](Group::bit) of the group that the member is in, if it holds private data.
    #[inline(always)]
    pub(crate) fn group_bit(self) -> u8 {
        GROUPS[self.index()]
    }

    pub(crate) const fn name(self) -> &'static str {
        MEMBERS[self.index()].name
    }

    /// What the member holds, if that is private data.
    #[inline(always)]
    pub(crate) const fn private(self) -> Option<Private> {
        match MEMBERS[self.index()].private {
            Some((group, shape)) => Some(Private {
                id: self,
                group,
                shape,
            }),
            None => None,
        }
    }
}

/// A member that holds private data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Private {
    pub(crate) id: MemberId,
    pub(crate) group: Group,
    pub(crate) shape: Shape,
}

const fn private(name: &'static str, group: Group, shape: Shape) -> Member {
    Member {
        name,
        private: Some((group, shape)),
    }
}

const fn visible(name: &'static str) -> Member {
    Member {
        name,
        private: None,
    }
}

/// Every member of the contract: first the private ones by group, then those that stay visible.
pub(crate) static MEMBERS: &[Member] = &[
    private("body", Group::Body, Shape::Base64InLog),
    private("out", Group::Body, Shape::Text),
    private("callBody", Group::Body, Shape::Text),
    private("invokedWorkflowRunBody", Group::Body, Shape::Text),
    private("bodyBase64", Group::Body, Shape::Base64),
    private("sourceBody", Group::Body, Shape::Base64),
    private("timeoutBody", Group::Body, Shape::Base64),
    private("header", Group::Header, Shape::Headers),
    private("headers", Group::Header, Shape::Headers),
    private("sourceHeader", Group::Header, Shape::Headers),
    private("callbackHeader", Group::Header, Shape::Headers),
    private("callbackHeaders", Group::Header, Shape::Headers),
    private("failureCallbackHeader", Group::Header, Shape::Headers),
    private("failureCallbackHeaders", Group::Header, Shape::Headers),
    private("callHeaders", Group::Header, Shape::Headers),
    private("invokedWorkflowRunHeaders", Group::Header, Shape::Headers),
    private("timeoutHeaders", Group::Header, Shape::Headers),
    private("responseBody", Group::ResponseBody, Shape::Base64InLog),
    private("callResponseBody", Group::ResponseBody, Shape::Text),
    private("failResponse", Group::ResponseBody, Shape::Text),
    private("workflowRunResponse", Group::ResponseBody, Shape::Text),
    private("responseBodyBase64", Group::ResponseBody, Shape::Base64),
    private("responseHeader", Group::ResponseHeader, Shape::Headers),
    private("responseHeaders", Group::ResponseHeader, Shape::Headers),
    private("callResponseHeaders", Group::ResponseHeader, Shape::Headers),
    private("failHeaders", Group::ResponseHeader, Shape::Headers),
    private("url", Group::Url, Shape::Url),
    private("destination", Group::Url, Shape::Url),
    private("callback", Group::Url, Shape::Url),
    private("failureCallback", Group::Url, Shape::Url),
    private("callUrl", Group::Url, Shape::Url),
    private("workflowUrl", Group::Url, Shape::Url),
    private("invokedWorkflowUrl", Group::Url, Shape::Url),
    private("timeoutUrl", Group::Url, Shape::Url),
    private("error", Group::Error, Shape::Text),
    private("callerIP", Group::Ip, Shape::Text),
    private("callerIp", Group::Ip, Shape::Text),
    private("workflowRunCallerIp", Group::Ip, Shape::Text),
    // Envelopes.
    visible("messages"),
    visible("cursor"),
    visible("logs"),
    visible("events"),
    visible("runs"),
    visible("steps"),
    visible("failureCallbackInfo"),
    // Messages and DLQ messages.
    visible("messageId"),
    visible("dlqId"),
    visible("topicName"),
    visible("endpointName"),
    visible("method"),
    visible("maxRetries"),
    visible("retryDelayExpression"),
    visible("notBefore"),
    visible("createdAt"),
    visible("queueName"),
    visible("scheduleId"),
    visible("label"),
    visible("labels"),
    visible("flowControlKey"),
    visible("rate"),
    visible("period"),
    visible("parallelism"),
    visible("responseStatus"),
    // Schedules.
    visible("cron"),
    visible("name"),
    visible("retries"),
    visible("delay"),
    visible("isPaused"),
    visible("lastScheduleTime"),
    visible("nextScheduleTime"),
    visible("lastScheduleStates"),
    // Logs.
    visible("time"),
    visible("state"),
    visible("nextDeliveryTime"),
    visible("timeout"),
    // Batch requests and callback payloads.
    visible("queue"),
    visible("status"),
    visible("retried"),
    visible("sourceMessageId"),
    // Workflows.
    visible("workflowRunId"),
    visible("workflowCreatedAt"),
    visible("workflowState"),
    visible("workflowRunCreatedAt"),
    visible("workflowRunCompletedAt"),
    visible("stepId"),
    visible("stepName"),
    visible("stepType"),
    visible("callType"),
    visible("concurrent"),
    visible("type"),
];

/// How many members the contract knows.
pub(crate) const COUNT: usize = MEMBERS.len();

/// The bits of the groups that select members: none for one that always stays visible.
static GROUPS: [u8; COUNT] = {
    let mut groups = [0; COUNT];
    let mut member = 0;
    while member < COUNT {
        if let Some((group, _)) = MEMBERS[member].private {
            groups[member] = group.bit();
        }
        member += 1;
    }
    groups
};

/// The member called `name`, for names that stand in the code: an unknown one fails to compile.
pub(crate) const fn id(name: &str) -> MemberId {
    let mut member = 0;
    while member < COUNT {
        if is_same(MEMBERS[member].name.as_bytes(), name.as_bytes()) {
            return MemberId(member as u8);
        }
        member += 1;
    }
    panic!("the contract knows no member of this name")
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// Whether an array of this name holds logs or events, whose bodies are base64.
#[inline]
pub(crate) fn holds_logs(name: &[u8]) -> bool {
    matches!(name, b"logs" | b"events")
}

/// Whether an array of this name holds the records of an envelope, so that an empty one holds none.
#[inline]
pub(crate) fn holds_records(name: &[u8]) -> bool {
    matches!(name, b"messages" | b"logs" | b"events" | b"runs")
}

/// Whether a URL can carry anything private: user info, a query or a fragment.
#[inline]
pub(crate) fn is_private_url(url: &[u8]) -> bool {
    memchr::memchr3(b'@', b'?', b'#', url).is_some()
}

/// A header's name without the one prefix that publish and batch requests put before it.
#[inline(always)]
pub(crate) fn without_forward_prefix(name: &[u8]) -> &[u8] {
    const PREFIXES: [&[u8]; 3] = [
        b"upstash-forward-",
        b"upstash-callback-forward-",
        b"upstash-failure-callback-forward-",
    ];
    // Nearly every name in a document ends here.
    if !matches!(name, [b'u' | b'U', ..]) {
        return name;
    }
    without_one_of(name, &PREFIXES)
}

fn without_one_of<'n>(name: &'n [u8], prefixes: &[&[u8]]) -> &'n [u8] {
    for prefix in prefixes {
        if let Some((head, rest)) = name.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
        {
            return rest;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_has_the_name_it_was_asked_for_by() {
        const BODY: MemberId = id("body");
        assert_eq!(BODY.name(), "body");
    }

    #[test]
    fn tells_the_group_of_a_private_member() {
        assert_eq!(Group::of_member("responseBody"), Some(Group::ResponseBody));
        assert_eq!(Group::of_member("messageId"), None);
        assert_eq!(Group::of_member("Body"), None);
    }

    #[test]
    fn takes_one_prefix_off_in_any_case() {
        for (name, bare) in [
            ("Upstash-Forward-Authorization", "Authorization"),
            ("upstash-callback-forward-X", "X"),
            ("UPSTASH-FAILURE-CALLBACK-FORWARD-X", "X"),
            ("Upstash-Forward-Upstash-Forward-X", "Upstash-Forward-X"),
            ("Upstash-Forward-", ""),
            ("Upstash-Delay", "Upstash-Delay"),
            ("é", "é"),
        ] {
            assert_eq!(
                without_forward_prefix(name.as_bytes()),
                bare.as_bytes(),
                "{name}"
            );
        }
    }
}
