//! What every sign-in begins with: an account is chosen, and its password is asked for.
//!
//! Where the browser is on its way lies sealed in a hidden field of each page. What comes behind the password differs: consent
//! has pages of its own (`consent.rs`), and so has a person's sign-in (`sign_in.rs`).

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    answer::{Answer, value},
    consent::page,
    platform::Platform,
    world::{Account, Tenant},
};

/// How long a sign-in may take, milliseconds. A guess: the real pages give up at some point too.
const PATIENCE: i64 = 3_600_000;

/// What a sign-in is for.
pub(super) trait End: Serialize + DeserializeOwned {
    /// Last word of the address that its forms are sent to.
    const FORMS: &str;
}

/// A sign-in on its way.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Flow<E> {
    /// Path word: a tenant, or a word for any.
    pub(super) word: String,
    /// Application that asks.
    pub(super) client: String,
    /// What comes at its end.
    pub(super) end: E,
    /// Account that was chosen.
    pub(super) account: Option<String>,
    /// Whether its password was right.
    pub(super) is_signed_in: bool,
    /// When it began, milliseconds since 1970 UTC.
    began: i64,
}

impl<E: End> Flow<E> {
    /// One that begins now.
    pub(super) fn begin(platform: &Platform, word: &str, client: String, end: E) -> Self {
        let word = word.to_owned();
        Self { word, client, end, account: None, is_signed_in: false, began: platform.now() }
    }

    /// The one of a form that was sent; none where it took too long, or was never sealed here.
    pub(super) fn of(platform: &Platform, form: &[(String, String)]) -> Option<Self> {
        let flow: Self = unseal(platform, E::FORMS, value(form, "ctx")?)?;
        (platform.now().saturating_sub(flow.began) < PATIENCE).then_some(flow)
    }

    /// Where its forms are sent to, and what they carry along.
    pub(super) fn form(&self, platform: &Platform) -> page::Form {
        let action = format!("/{}/{}", page::percent(&self.word), E::FORMS);
        page::Form { action, sealed: seal(platform, E::FORMS, self) }
    }

    /// The tenant that was named; none where any will do.
    pub(super) fn tenant<'a>(&self, platform: &'a Platform) -> Option<&'a Arc<Tenant>> {
        platform.world.tenant(&self.word)
    }

    /// Who was chosen, and where at home.
    pub(super) fn account<'a>(&self, platform: &'a Platform) -> Option<(&'a Arc<Tenant>, &'a Account)> {
        platform.world.account(self.account.as_deref()?)
    }

    /// The first page: the password of the account that the link hints at, or the choice.
    pub(super) fn first(self, platform: &Platform, hint: Option<&str>) -> Answer {
        match hint.filter(|address| platform.world.account(address).is_some()) {
            Some(address) => self.chosen(platform, address),
            None => self.choose(platform),
        }
    }

    /// The page that asks for an account; of a named tenant it offers those that belong there, and the one that belongs to
    /// somebody there all the same.
    pub(super) fn choose(&self, platform: &Platform) -> Answer {
        let Some(tenant) = self.tenant(platform) else { return self.address(platform, None) };
        let elsewhere = tenant.other_account.iter().filter_map(|address| platform.world.account(address));
        let is_own = |it: &&Account| tenant.accounts.iter().any(|own| own.address == it.address);
        let elsewhere = elsewhere.map(|(_, account)| account).filter(|it| !is_own(it));
        let accounts: Vec<&Account> = tenant.accounts.iter().chain(elsewhere).collect();
        Answer::page(200, page::accounts(&self.form(platform), &accounts))
    }

    /// The page for another account than those.
    fn address(&self, platform: &Platform, problem: Option<page::Problem>) -> Answer {
        Answer::page(200, page::address(&self.form(platform), problem))
    }

    /// The page that asks for the password of an address.
    fn chosen(mut self, platform: &Platform, address: &str) -> Answer {
        let Some((_, account)) = platform.world.account(address) else {
            return self.address(platform, Some(page::Problem::Unknown));
        };
        self.account = Some(account.address.clone());
        Answer::page(200, page::password(&self.form(platform), account, false))
    }

    /// What a form of these pages leads to: another of these pages, or, behind the right password, who signed in.
    ///
    /// # Errors
    /// The page that comes.
    pub(super) fn identify<'a>(
        mut self,
        platform: &'a Platform,
        form: &[(String, String)],
    ) -> Result<(Self, &'a Arc<Tenant>, &'a Account), Answer> {
        if value(form, "step") == Some("account") {
            return Err(match value(form, "account") {
                Some("") | None => self.address(platform, Some(page::Problem::NoAddress)),
                Some("other") => self.address(platform, None),
                Some(address) => self.chosen(platform, address.trim()),
            });
        }
        if value(form, "back").is_some() {
            self.account = None;
        }
        match self.account(platform) {
            None => Err(self.choose(platform)),
            Some((home, account)) if value(form, "passwd").unwrap_or_default() == account.password => {
                self.is_signed_in = true;
                Ok((self, home, account))
            }
            Some((_, account)) => Err(Answer::page(200, page::password(&self.form(platform), account, true))),
        }
    }
}

/// Seals something as one of a kind.
pub(super) fn seal(platform: &Platform, kind: &str, content: &impl Serialize) -> String {
    platform.keys.seal(&json!({"k": kind, "c": content})).unwrap_or_default()
}

/// Reads what [`seal`] sealed as this kind.
pub(super) fn unseal<T: DeserializeOwned>(platform: &Platform, kind: &str, text: &str) -> Option<T> {
    let mut content = platform.keys.open(text)?;
    (content.get("k")?.as_str()? == kind).then_some(())?;
    serde_json::from_value(content.get_mut("c")?.take()).ok()
}
