//! The troubles that a sandbox can show on demand.
//!
//! Named in a world's `faults` (one tenant) or in `Options::faults` (every tenant); what comes out is a set of switches that
//! the identity and Graph parts read; `slow` and `drop` switched on for every tenant hold for every host of the sandbox.
//! Nothing here is random: the same requests in the same order meet the same trouble.

use std::time::Duration;

use super::cloud::{self, Cloud};

/// What a row of the table switches.
trait Switch: Clone {
    /// What is read of a fault's value.
    type Value;

    /// Takes a value; of two the later one holds, and a list keeps both.
    fn set(&mut self, value: Self::Value);

    /// This switch and another of the same row; where both have a value, this one holds.
    fn or(&self, more: &Self) -> Self;
}

impl Switch for bool {
    type Value = ();

    fn set(&mut self, (): ()) {
        *self = true;
    }

    fn or(&self, more: &Self) -> Self {
        *self || *more
    }
}

impl<T: Clone> Switch for Option<T> {
    type Value = T;

    fn set(&mut self, value: T) {
        *self = Some(value);
    }

    fn or(&self, more: &Self) -> Self {
        self.clone().or_else(|| more.clone())
    }
}

impl Switch for Vec<String> {
    type Value = String;

    fn set(&mut self, value: String) {
        self.push(value);
    }

    fn or(&self, more: &Self) -> Self {
        self.iter().chain(more).cloned().collect()
    }
}

/// Makes names, switches and their reading of the rows of one table: what a fault's value is and what happens; its name,
/// its switch, and what reads the value.
macro_rules! faults {
    ($($(#[$doc:meta])+ $name:literal $switch:ident: $type:ty = $read:ident($($usual:expr),*);)+) => {
        /// Names of all.
        const NAMES: &[&str] = &[$($name),+];

        /// Switches of one tenant.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(super) struct Faults {
            $($(#[$doc])+ pub(super) $switch: $type,)+
        }

        impl Faults {
            /// Switches one more on.
            fn add(&mut self, name: &str, value: Option<&str>) -> Result<(), String> {
                match name {
                    $($name => Switch::set(&mut self.$switch, $read(name, value, $($usual),*)?),)+
                    _ => return Err(unknown(name)),
                }
                Ok(())
            }

            /// Both sets together; where both give a value, `self` wins.
            pub(super) fn and(&self, more: &Self) -> Self {
                Self { $($switch: Switch::or(&self.$switch, &more.$switch),)+ }
            }
        }
    };
}

faults! {
    /// SECONDS (2): page 2 of users and every tenth after it answers 429 with Retry-After, once per listing.
    "throttle" throttle: Option<u64> = number("s", 2);
    /// Page 3 of users and every tenth after it answers 503 without Retry-After, once per listing.
    "busy" busy: bool = on();
    /// MILLISECONDS ms (500ms): every answer waits that long.
    "slow" slow: Option<Duration> = millis(500);
    /// Page 2 of users and every fifth after it breaks off in the middle, once per listing.
    "cut-off" cut_off: bool = on();
    /// A few users have numbers, words or objects where the documents promise something else.
    "wrong-types" wrong_types: bool = on();
    /// A few users carry escape sequences, bidi overrides and zero-width characters in their names.
    "hostile-names" hostile_names: bool = on();
    /// The next link of the first page of users names another host.
    "evil-next" evil_next: bool = on();
    /// Page 3 of users is refused with `Directory_ExpiredPageToken`, once per listing.
    "expired-page" expired_page: bool = on();
    /// SECONDS s (30s): after consent tokens lack roles for three fifths of that time, then Graph answers 403.
    "spreading" spreading: Option<Duration> = seconds(30);
    /// PERCENT % (10%): that share of connections breaks: before the request is read, after it is done, or inside the
    /// answer.
    "drop" drop: Option<u64> = percent(10);
    /// NUMBER (0): other connections are the ones that drop breaks.
    "seed" seed: Option<u64> = number("", 0);
    /// Every delta token is refused with 410 and a Location.
    "delta-reset" delta_reset: bool = on();
    /// Every delta token is refused with 400: older than 30 days, in the words of Microsoft.
    "delta-old" delta_old: bool = on();
    /// DAY, UTC (every day): on that day (2026-11-24) the list of users ends after its first half, and nothing says so.
    "short-list" short_list: Option<String> = word("");
    /// NAME: the list of users and its changes lack the user of that name, who is there when asked for by id.
    "lacks" lacks: Option<String> = needed();
    /// The second page of users and every one after it holds the first page's users again.
    "same-page" same_page: bool = on();
    /// ROLE: tokens, grants and the partner's application lack that application role; people's tokens for that scope
    /// are refused with 65001.
    "without" without: Vec<String> = needed();
    /// ROLE: the partner's application asks for that application role as well.
    "asks" asks: Vec<String> = needed();
    /// The partner's application is registered for its own organisation only.
    "single-tenant" single_tenant: bool = on();
    /// NUMBER: behind the password the consent pages end with that AADSTS number; 90095: a request for approval is
    /// sent.
    "consent-error" consent_error: Option<u32> = code();
    /// The consent pages do not read `login_hint`.
    "no-login-hint" no_login_hint: bool = on();
    /// NUMBER: the token endpoint answers with that AADSTS number.
    "token-error" token_error: Option<u32> = code();
    /// DAY, UTC: the partner's own application may be read, and its secret ends on that day (2026-12-01).
    "secret-ends" secret_ends: Option<String> = needed();
    /// WORD: the operators' application is missing, is multi-tenant, has a secret, or has no-codes, no-redirect,
    /// no-openid, no-relationships, no-admin-role, no-user-role or no-enterprise-application.
    "operators-odd" operators_odd: Option<String> = odd();
    /// GUID: /organization answers with another tenant's id.
    "other-organization" other_organization: Option<String> = needed();
    /// WORD (us-gov-l4): customers live in that cloud of Microsoft's: global, us-gov-l4, us-gov-l5 or china.
    "cloud" cloud: Option<&'static Cloud> = cloud("us-gov-l4");
    /// Discovery fits more than one cloud, or none.
    "unclear-cloud" unclear_cloud: bool = on();
    /// Discovery knows nobody who lives in another cloud than the one that is asked.
    "silent-cloud" silent_cloud: bool = on();
    /// NUMBER: after the password a person's sign-in ends with that AADSTS number; 65004 goes back to the application.
    "sign-in-error" sign_in_error: Option<u32> = code();
    /// A device code that met sign-in-error ends with its number instead of staying pending.
    "sign-in-told" sign_in_told: bool = on();
    /// GUID: the tokens of people name that tenant as theirs.
    "sign-in-tenant" sign_in_tenant: Option<String> = needed();
    /// NUMBER (1): that many polls for each device code are answered with `slow_down`.
    "slow-down" slow_down: Option<u64> = number("", 1);
    /// SECONDS s (20s): device codes live that long instead of fifteen minutes.
    "code-life" code_life: Option<Duration> = seconds(20);
    /// Who signed in has no role by which the partner's customers may be listed.
    "no-partner-role" no_partner_role: bool = on();
    /// Microsoft lists no delegated customers, resellers' contracts alone.
    "no-delegation" no_delegation: bool = on();
    /// DAYS d (20d): every delegated relationship ends that many days after the world began.
    "delegation-ends" delegation_ends: Option<u64> = number("d", 20);
    /// NAME: Microsoft no longer lists the organisation of that name among the partner's customers.
    "not-listed" not_listed: Option<String> = needed();
    /// The tokens of people tell of no second factor: Partner Center refuses them with 900421.
    "no-mfa" no_mfa: bool = on();
    /// STATUS (500): Partner Center refuses whatever is asked of it about customers.
    "partner-center" partner_center: Option<u16> = status(500);
    /// SECONDS s (3s): once the operators' application was let into an organisation, tokens are refused with 65001 that
    /// long.
    "let-in-spreading" let_in_spreading: Option<Duration> = seconds(3);
    /// Partner Center says that it took the operators' application out, and leaves it in.
    "stays-in" stays_in: bool = on();
    /// Partner Center puts the code of a refusal into an object, as text.
    "nested-code" nested_code: bool = on();
    /// A Privileged Role Administrator may add no application to an organisation.
    "no-instate" no_instate: bool = on();
    /// ROLE: assigning that application role is refused.
    "assign-error" assign_error: Vec<String> = needed();
    /// WORD (global): the role of the delegated admin relationships: global, privileged or cloud-application.
    "admin-role" admin_role: Option<String> = word("global");
    /// The partner has registered nothing at Microsoft yet.
    "unregistered" unregistered: bool = on();
    /// A policy lets nobody register an application: Graph answers 403.
    "no-registering" no_registering: bool = on();
    /// SECONDS s (2s): what was registered through Graph is unknown for that long.
    "replicating" replicating: Option<Duration> = seconds(2);
}

impl Faults {
    /// Reads a list such as `["throttle", "slow=500ms"]`.
    ///
    /// # Errors
    /// A sentence that names the unknown word and the nearest known one, or the value that can't be read.
    pub(super) fn parse<S: AsRef<str>>(list: &[S]) -> Result<Self, String> {
        let mut faults = Self::default();
        for item in list {
            let item = item.as_ref().trim();
            match item.split_once('=') {
                Some((name, value)) => faults.add(name.trim(), Some(value.trim()))?,
                None => faults.add(item, None)?,
            }
        }
        Ok(faults)
    }

    /// What the partner's application asks customers for.
    pub(super) fn asked(&self, usual: &[String]) -> Vec<String> {
        usual.iter().chain(&self.asks).filter(|role| !self.without.contains(role)).cloned().collect()
    }
}

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

/// A whole number with its unit, which may be left out.
fn number(name: &str, value: Option<&str>, unit: &str, usual: u64) -> Result<u64, String> {
    let Some(text) = value else { return Ok(usual) };
    text.strip_suffix(unit).unwrap_or(text).trim().parse().map_err(|_why| {
        let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
        format!("the fault {name} needs a whole number{unit}, not \"{text}\"")
    })
}

/// Nothing: the fault's name says it all.
#[expect(clippy::unnecessary_wraps, reason = "it is called as those are that read something")]
const fn on(_: &str, _: Option<&str>) -> Result<(), String> {
    Ok(())
}

/// Milliseconds.
fn millis(name: &str, value: Option<&str>, usual: u64) -> Result<Duration, String> {
    number(name, value, "ms", usual).map(Duration::from_millis)
}

/// Seconds.
fn seconds(name: &str, value: Option<&str>, usual: u64) -> Result<Duration, String> {
    number(name, value, "s", usual).map(Duration::from_secs)
}

/// A share, percent, 0 to 100.
fn percent(name: &str, value: Option<&str>, usual: u64) -> Result<u64, String> {
    Ok(number(name, value, "%", usual)?.min(100))
}

/// A status of HTTP.
fn status(name: &str, value: Option<&str>, usual: u16) -> Result<u16, String> {
    Ok(u16::try_from(number(name, value, "", usual.into())?).unwrap_or(usual))
}

/// A word that may be left out.
#[expect(clippy::unnecessary_wraps, reason = "it is called as those are that may refuse a value")]
fn word(_: &str, value: Option<&str>, usual: &str) -> Result<String, String> {
    Ok(value.unwrap_or(usual).to_owned())
}

/// A cloud of Microsoft's.
fn cloud(_: &str, value: Option<&str>, usual: &str) -> Result<&'static Cloud, String> {
    cloud::named(value.unwrap_or(usual))
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
    let nearest =
        NAMES.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    format!("there is no fault \"{name}\"; the nearest is \"{}\"", nearest.unwrap_or(&"throttle"))
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
        for name in NAMES {
            let item = match *name {
                "without" | "asks" | "other-organization" | "lacks" | "sign-in-tenant" | "secret-ends"
                | "not-listed" | "assign-error" => {
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
