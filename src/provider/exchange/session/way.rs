//! The ways in which an account can sign in, and the choice among those that a server offers.

/// How an account signs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::provider::exchange) enum Way {
    /// Windows sign-in, NTLM. The password stays here, so it comes first.
    #[cfg(feature = "ntlm")]
    Ntlm,
    /// User name and password with every request.
    Basic,
}

impl Way {
    /// The way to take of those that a server offers. No scheme at all counts as Basic: some proxies drop the line.
    pub(super) fn choose(offers: &[String]) -> Option<Self> {
        let is_offered = |name: &str| offers.iter().any(|offer| offer.eq_ignore_ascii_case(name));
        #[cfg(feature = "ntlm")]
        if is_offered("NTLM") {
            return Some(Self::Ntlm);
        }
        (offers.is_empty() || is_offered("Basic")).then_some(Self::Basic)
    }

    /// What it is called.
    pub(in crate::provider::exchange) const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "ntlm")]
            Self::Ntlm => "NTLM",
            Self::Basic => "Basic",
        }
    }
}
