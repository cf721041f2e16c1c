//! The troubles that a sandbox can show on demand.
//!
//! Named in a world's `faults` (one tenant) or in `Options::faults` (every tenant); what comes out is a set of switches that
//! the identity and Graph parts read; `slow` and `drop` switched on for every tenant hold for every host of the sandbox.
//! Nothing here is random: the same requests in the same order meet the same trouble.

use std::time::Duration;

use super::cloud::{self, Cloud};

/// Name, value, and what happens: the documented table, printed by whoever lists the faults.
pub(super) const TABLE: &[(&str, &str, &str)] = &[
    (
        "throttle",
        "SECONDS (2)",
        "page 2 of users and every tenth after it answers 429 with Retry-After, once per listing",
    ),
    (
        "busy",
        "",
        "page 3 of users and every tenth after it answers 503 without Retry-After, once per listing",
    ),
    ("slow", "MILLISECONDS ms (500ms)", "every answer waits that long"),
    ("cut-off", "", "page 2 of users and every fifth after it breaks off in the middle, once per listing"),
    (
        "wrong-types",
        "",
        "a few users have numbers, words or objects where the documents promise something else",
    ),
    (
        "hostile-names",
        "",
        "a few users carry escape sequences, bidi overrides and zero-width characters in their names",
    ),
    ("evil-next", "", "the next link of the first page of users names another host"),
    ("expired-page", "", "page 3 of users is refused with Directory_ExpiredPageToken, once per listing"),
    (
        "spreading",
        "SECONDS s (30s)",
        "after consent tokens lack roles for three fifths of that time, then Graph answers 403",
    ),
    (
        "drop",
        "PERCENT % (10%)",
        "that share of connections breaks: before the request is read, after it is done, or inside the answer",
    ),
    ("seed", "NUMBER (0)", "other connections are the ones that drop breaks"),
    ("delta-reset", "", "every delta token is refused with 410 and a Location"),
    ("delta-old", "", "every delta token is refused with 400: older than 30 days, in the words of Microsoft"),
    (
        "short-list",
        "DAY, UTC (every day)",
        "on that day (2026-11-24) the list of users ends after its first half, and nothing says so",
    ),
    (
        "lacks",
        "NAME",
        "the list of users and its changes lack the user of that name, who is there when asked for by id",
    ),
    ("same-page", "", "the second page of users and every one after it holds the first page's users again"),
    (
        "without",
        "ROLE",
        "tokens, grants and the partner's application lack that application role; people's tokens for that scope are refused with 65001",
    ),
    ("single-tenant", "", "the partner's application is registered for its own organisation only"),
    (
        "consent-error",
        "NUMBER",
        "behind the password the consent pages end with that AADSTS number; 90095: a request for approval is sent",
    ),
    ("no-login-hint", "", "the consent pages do not read login_hint"),
    ("token-error", "NUMBER", "the token endpoint answers with that AADSTS number"),
    (
        "secret-ends",
        "DAY, UTC",
        "the partner's own application may be read, and its secret ends on that day (2026-12-01)",
    ),
    (
        "operators-odd",
        "WORD",
        "the operators' application is missing, is multi-tenant, has a secret, or has no-codes, no-redirect, no-openid, \
         no-relationships, no-admin-role, no-user-role or no-enterprise-application",
    ),
    ("other-organization", "GUID", "/organization answers with another tenant's id"),
    (
        "cloud",
        "WORD (us-gov-l4)",
        "customers live in that cloud of Microsoft's: global, us-gov-l4, us-gov-l5 or china",
    ),
    ("unclear-cloud", "", "discovery fits more than one cloud, or none"),
    ("silent-cloud", "", "discovery knows nobody who lives in another cloud than the one that is asked"),
    (
        "sign-in-error",
        "NUMBER",
        "after the password a person's sign-in ends with that AADSTS number; 65004 goes back to the application",
    ),
    (
        "sign-in-told",
        "",
        "a device code that met sign-in-error ends with its number instead of staying pending",
    ),
    ("sign-in-tenant", "GUID", "the tokens of people name that tenant as theirs"),
    ("slow-down", "NUMBER (1)", "that many polls for each device code are answered with slow_down"),
    ("code-life", "SECONDS s (20s)", "device codes live that long instead of fifteen minutes"),
    ("no-partner-role", "", "who signed in has no role by which the partner's customers may be listed"),
    ("no-delegation", "", "Microsoft lists no delegated customers, resellers' contracts alone"),
    (
        "delegation-ends",
        "DAYS d (20d)",
        "every delegated relationship ends that many days after the world began",
    ),
    (
        "not-listed",
        "NAME",
        "Microsoft no longer lists the organisation of that name among the partner's customers",
    ),
    ("unregistered", "", "the partner has registered nothing at Microsoft yet"),
    ("no-registering", "", "a policy lets nobody register an application: Graph answers 403"),
    ("replicating", "SECONDS s (2s)", "what was registered through Graph is unknown for that long"),
];

/// What the operators' application may be odd by.
const ODD: [&str; 10] = [
    "missing",
    "multi-tenant",
    "secret",
    "no-codes",
    "no-redirect",
    "no-openid",
    "no-relationships",
    "no-admin-role",
    "no-user-role",
    "no-enterprise-application",
];

/// Switches of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own; none excludes another")]
pub(super) struct Faults {
    /// Seconds of Retry-After on throttled pages.
    pub(super) throttle: Option<u64>,
    /// 503 now and then.
    pub(super) busy: bool,
    /// Wait before each answer.
    pub(super) slow: Option<Duration>,
    /// Bodies that break off.
    pub(super) cut_off: bool,
    /// Values of the wrong type.
    pub(super) wrong_types: bool,
    /// Names with control characters.
    pub(super) hostile_names: bool,
    /// A next link to a foreign host.
    pub(super) evil_next: bool,
    /// A page token that is refused.
    pub(super) expired_page: bool,
    /// Time from consent to working roles.
    pub(super) spreading: Option<Duration>,
    /// Share of dropped connections, percent, 0 to 100.
    pub(super) drop: Option<u64>,
    /// Chooses which connections are dropped.
    pub(super) seed: Option<u64>,
    /// Delta tokens are refused.
    pub(super) delta_reset: bool,
    /// Delta tokens are too old.
    pub(super) delta_old: bool,
    /// The list of users ends in its middle: on this day, written as 2026-11-24; always where it is empty.
    pub(super) short_list: Option<String>,
    /// Display name of a user whom lists lack.
    pub(super) lacks: Option<String>,
    /// Every page of users is the first.
    pub(super) same_page: bool,
    /// Roles that are never granted.
    pub(super) without: Vec<String>,
    /// The partner's application is for its own organisation only.
    pub(super) single_tenant: bool,
    /// AADSTS number that the consent pages end with.
    pub(super) consent_error: Option<u32>,
    /// `login_hint` is not read.
    pub(super) no_login_hint: bool,
    /// AADSTS number that the token endpoint always answers with.
    pub(super) token_error: Option<u32>,
    /// Day on which the partner's secret ends, where the application may be read.
    pub(super) secret_ends: Option<String>,
    /// What the operators' application is odd by, one of [`ODD`].
    pub(super) operators_odd: Option<String>,
    /// Tenant id that `/organization` claims.
    pub(super) other_organization: Option<String>,
    /// The cloud that customers live in.
    pub(super) cloud: Option<&'static Cloud>,
    /// Discovery contradicts itself.
    pub(super) unclear_cloud: bool,
    /// Discovery knows its own cloud alone.
    pub(super) silent_cloud: bool,
    /// AADSTS number that a person's sign-in ends with.
    pub(super) sign_in_error: Option<u32>,
    /// Whether the program that waits for a device code is told of it.
    pub(super) sign_in_told: bool,
    /// Tenant id in the tokens of people.
    pub(super) sign_in_tenant: Option<String>,
    /// Polls that are answered with `slow_down`.
    pub(super) slow_down: Option<u64>,
    /// Life of a device code.
    pub(super) code_life: Option<Duration>,
    /// The partner's customers may not be listed.
    pub(super) no_partner_role: bool,
    /// The lists of delegated customers are empty.
    pub(super) no_delegation: bool,
    /// Days from the world's beginning to the end of every relationship.
    pub(super) delegation_ends: Option<u64>,
    /// Name of an organisation that the partner's lists lack.
    pub(super) not_listed: Option<String>,
    /// The partner has no registrations.
    pub(super) unregistered: bool,
    /// Nobody may register an application.
    pub(super) no_registering: bool,
    /// Time from registering to being known.
    pub(super) replicating: Option<Duration>,
}

impl Faults {
    /// Reads a list such as `["throttle", "slow=500ms"]`.
    ///
    /// # Errors
    /// A sentence that names the unknown word and the nearest known one, or the value that can't be read.
    pub(super) fn parse<S: AsRef<str>>(list: &[S]) -> Result<Self, String> {
        let mut faults = Self::default();
        for item in list {
            faults.add(item.as_ref().trim())?;
        }
        Ok(faults)
    }

    /// Switches one more on.
    fn add(&mut self, item: &str) -> Result<(), String> {
        let (name, value) = match item.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (item, None),
        };
        match name {
            "throttle" => self.throttle = Some(number(name, value, "s", 2)?),
            "busy" => self.busy = true,
            "slow" => self.slow = Some(Duration::from_millis(number(name, value, "ms", 500)?)),
            "cut-off" => self.cut_off = true,
            "wrong-types" => self.wrong_types = true,
            "hostile-names" => self.hostile_names = true,
            "evil-next" => self.evil_next = true,
            "expired-page" => self.expired_page = true,
            "spreading" => self.spreading = Some(Duration::from_secs(number(name, value, "s", 30)?)),
            "drop" => self.drop = Some(number(name, value, "%", 10)?.min(100)),
            "seed" => self.seed = Some(number(name, value, "", 0)?),
            "delta-reset" => self.delta_reset = true,
            "delta-old" => self.delta_old = true,
            "short-list" => self.short_list = Some(value.unwrap_or_default().to_owned()),
            "lacks" => self.lacks = Some(needed(name, value)?),
            "same-page" => self.same_page = true,
            "without" => self.without.push(needed(name, value)?),
            "single-tenant" => self.single_tenant = true,
            "token-error" => self.token_error = Some(code(name, value)?),
            "secret-ends" => self.secret_ends = Some(needed(name, value)?),
            "consent-error" => self.consent_error = Some(code(name, value)?),
            "no-login-hint" => self.no_login_hint = true,
            "operators-odd" => self.operators_odd = Some(odd(name, value)?),
            "other-organization" => self.other_organization = Some(needed(name, value)?),
            "cloud" => self.cloud = Some(cloud::named(value.unwrap_or("us-gov-l4"))?),
            "unclear-cloud" => self.unclear_cloud = true,
            "silent-cloud" => self.silent_cloud = true,
            "sign-in-error" => self.sign_in_error = Some(code(name, value)?),
            "sign-in-told" => self.sign_in_told = true,
            "sign-in-tenant" => self.sign_in_tenant = Some(needed(name, value)?),
            "slow-down" => self.slow_down = Some(number(name, value, "", 1)?),
            "unregistered" => self.unregistered = true,
            "no-registering" => self.no_registering = true,
            "replicating" => self.replicating = Some(Duration::from_secs(number(name, value, "s", 2)?)),
            "code-life" => self.code_life = Some(Duration::from_secs(number(name, value, "s", 20)?)),
            "no-partner-role" => self.no_partner_role = true,
            "no-delegation" => self.no_delegation = true,
            "delegation-ends" => self.delegation_ends = Some(number(name, value, "d", 20)?),
            "not-listed" => self.not_listed = Some(needed(name, value)?),
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// Both sets together; where both give a value, `self` wins.
    pub(super) fn and(&self, more: &Self) -> Self {
        Self {
            throttle: self.throttle.or(more.throttle),
            busy: self.busy || more.busy,
            slow: self.slow.or(more.slow),
            cut_off: self.cut_off || more.cut_off,
            wrong_types: self.wrong_types || more.wrong_types,
            hostile_names: self.hostile_names || more.hostile_names,
            evil_next: self.evil_next || more.evil_next,
            expired_page: self.expired_page || more.expired_page,
            spreading: self.spreading.or(more.spreading),
            drop: self.drop.or(more.drop),
            seed: self.seed.or(more.seed),
            delta_reset: self.delta_reset || more.delta_reset,
            delta_old: self.delta_old || more.delta_old,
            short_list: self.short_list.clone().or_else(|| more.short_list.clone()),
            lacks: self.lacks.clone().or_else(|| more.lacks.clone()),
            same_page: self.same_page || more.same_page,
            without: self.without.iter().chain(&more.without).cloned().collect(),
            single_tenant: self.single_tenant || more.single_tenant,
            consent_error: self.consent_error.or(more.consent_error),
            no_login_hint: self.no_login_hint || more.no_login_hint,
            token_error: self.token_error.or(more.token_error),
            secret_ends: self.secret_ends.clone().or_else(|| more.secret_ends.clone()),
            operators_odd: self.operators_odd.clone().or_else(|| more.operators_odd.clone()),
            other_organization: self.other_organization.clone().or_else(|| more.other_organization.clone()),
            cloud: self.cloud.or(more.cloud),
            unclear_cloud: self.unclear_cloud || more.unclear_cloud,
            silent_cloud: self.silent_cloud || more.silent_cloud,
            sign_in_error: self.sign_in_error.or(more.sign_in_error),
            sign_in_told: self.sign_in_told || more.sign_in_told,
            sign_in_tenant: self.sign_in_tenant.clone().or_else(|| more.sign_in_tenant.clone()),
            slow_down: self.slow_down.or(more.slow_down),
            code_life: self.code_life.or(more.code_life),
            no_partner_role: self.no_partner_role || more.no_partner_role,
            no_delegation: self.no_delegation || more.no_delegation,
            delegation_ends: self.delegation_ends.or(more.delegation_ends),
            not_listed: self.not_listed.clone().or_else(|| more.not_listed.clone()),
            unregistered: self.unregistered || more.unregistered,
            no_registering: self.no_registering || more.no_registering,
            replicating: self.replicating.or(more.replicating),
        }
    }
}

/// A whole number with its unit, which may be left out.
fn number(name: &str, value: Option<&str>, unit: &str, usual: u64) -> Result<u64, String> {
    let Some(text) = value else { return Ok(usual) };
    text.strip_suffix(unit).unwrap_or(text).trim().parse().map_err(|_why| {
        let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
        format!("the fault {name} needs a whole number{unit}, not \"{text}\"")
    })
}

/// An AADSTS number, which may not be left out.
fn code(name: &str, value: Option<&str>) -> Result<u32, String> {
    let code = needed(name, value)?;
    code.parse().map_err(|_why| format!("the fault {name} needs a number, not \"{code}\""))
}

/// A word of [`ODD`].
fn odd(name: &str, value: Option<&str>) -> Result<String, String> {
    let word = needed(name, value)?;
    let known = || format!("the fault {name} needs one of {}, not \"{word}\"", ODD.join(", "));
    ODD.contains(&word.as_str()).then_some(()).ok_or_else(known)?;
    Ok(word)
}

/// A value that may not be left out.
fn needed(name: &str, value: Option<&str>) -> Result<String, String> {
    value
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| format!("the fault {name} needs a value: {name}=…"))
}

/// Names the nearest known word.
fn unknown(name: &str) -> String {
    let nearest = TABLE
        .iter()
        .map(|row| row.0)
        .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    format!("there is no fault \"{name}\"; the nearest is \"{}\"", nearest.unwrap_or("throttle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_units() {
        let faults =
            Faults::parse(&["throttle=7", "slow=20ms", "drop=10%", "spreading=5s", "without=User.Read.All"])
                .unwrap();
        assert_eq!(faults.throttle, Some(7));
        assert_eq!(faults.slow, Some(Duration::from_millis(20)));
        assert_eq!(faults.drop, Some(10));
        assert_eq!(faults.spreading, Some(Duration::from_secs(5)));
        assert_eq!(faults.without, ["User.Read.All"]);
    }

    #[test]
    fn an_unknown_word_names_the_nearest() {
        assert_eq!(
            Faults::parse(&["throtle"]).unwrap_err(),
            "there is no fault \"throtle\"; the nearest is \"throttle\""
        );
    }

    #[test]
    fn every_row_of_the_table_is_understood() {
        for (name, ..) in TABLE {
            let item = match *name {
                "without" | "other-organization" | "lacks" | "sign-in-tenant" | "secret-ends"
                | "not-listed" => {
                    format!("{name}=x")
                }
                "operators-odd" => format!("{name}=secret"),
                "token-error" | "consent-error" | "sign-in-error" => format!("{name}=7000222"),
                _ => (*name).to_owned(),
            };
            assert_ne!(Faults::parse(&[item]).unwrap(), Faults::default(), "{name}");
        }
    }
}
