//! Faults on demand and the ways by which the endpoint is found, as a world's file states them.

/// Trouble for some calls.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only calls of this operation count, such as `GetFolder`; absent: all.
    #[serde(default)]
    pub operation: Option<String>,
    /// How many calls go wrong before it is over; absent: it never is.
    #[serde(default)]
    pub calls: Option<u64>,
    /// Only each such call goes wrong; 1: all of them.
    #[serde(default = "one")]
    pub every: u64,
    /// `BackOffMilliseconds` of a busy server; absent: not said.
    #[serde(default)]
    pub back_off_ms: Option<u64>,
    /// How long `slow` waits, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 401 although the password is right.
    Unauthorised,
    /// 403: the program is not on the allow list.
    Forbidden,
    /// 440 with the web-mail page "Login Timeout".
    WebMail,
    /// 302 to a log-on page.
    LogOn,
    /// 302 to the general error page: a passing fault.
    ErrorPage,
    /// 500 with a front-end's error header and an HTML page.
    FrontEnd,
    /// 503.
    Unavailable,
    /// 200 with an HTML page.
    Html,
    /// `ErrorServerBusy` as a SOAP fault.
    BusyFault,
    /// `ErrorServerBusy` as the whole answer, with 200.
    BusyMessage,
    /// `ErrorServerBusy` for the last of several items, with 200.
    BusyItem,
    /// `ErrorExceededConnectionCount` as a SOAP fault.
    Connections,
    /// The answer comes late.
    Slow,
}

/// How the endpoint can be found.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Autodiscover {
    /// The forms that answer; the paths of others are not there.
    pub forms: Vec<Form>,
    /// The customers' bare domains answer too, not only `autodiscover.<domain>`.
    pub bare_domains: bool,
    /// The customers' bare domains are websites that send every path to `www.<domain>`, which is one page.
    pub websites: bool,
    /// A service account may ask about another user's address.
    pub others: bool,
    /// The endpoint that is told; absent: `https://<host>/EWS/Exchange.asmx`.
    pub ews_url: Option<String>,
    /// Error code of every whole SOAP answer, such as `ServerBusy`.
    pub error: Option<String>,
    /// Domains that are sent elsewhere.
    pub redirects: Vec<Redirect>,
}

impl Default for Autodiscover {
    /// SOAP and POX, as every Exchange from 2010 on answers them; whether JSON does is not confirmed.
    fn default() -> Self {
        Self {
            forms: vec![Form::Soap, Form::Pox],
            bare_domains: false,
            websites: false,
            others: true,
            ews_url: None,
            error: None,
            redirects: Vec::new(),
        }
    }
}

/// A form of Autodiscover.
#[derive(Clone, Copy, Debug, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `autodiscover.svc`.
    Soap,
    /// `autodiscover.xml`.
    Pox,
    /// `autodiscover.json`, without sign-in.
    Json,
}

/// A domain that is sent elsewhere.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// The mail domain that is asked about; Autodiscover answers for it under `autodiscover.<domain>`.
    pub domain: String,
    /// How it is sent.
    pub kind: RedirectKind,
    /// Where to: an address for `address`, a URL for `url` and `http`, nothing for `loop`.
    #[serde(default)]
    pub to: String,
}

/// How a domain is sent elsewhere.
#[derive(Clone, Copy, Debug, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RedirectKind {
    /// Ask again with another address.
    Address,
    /// Ask again at another URL.
    Url,
    /// Only an unauthenticated GET of `autodiscover.xml` answers, with 302.
    Http,
    /// Sent back to the very URL that was asked.
    Loop,
}

/// Every call.
fn one() -> u64 {
    1
}
