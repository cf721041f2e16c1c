//! Plays the customer's administrator: opens the link, fills the forms, presses the buttons.
//!
//! Called by whoever rehearses. It goes through the same pages as a person with a browser, over HTTP, and does what
//! this world says its administrator would do, good or bad. What comes out is one plain sentence; it proves nothing.

mod html;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::redirect::Policy;
use url::Url;

use super::{
    journal::Event,
    platform::Platform,
    world::{Account, Behaviour, Tenant},
};
use html::Page;

/// Pages that are gone through at most.
const MOST_PAGES: usize = 12;

/// How often a page is asked for before the customer gives up: a patient one.
const RELOADS: u32 = 10;

/// How long the customer looks at the error before the first reload; each time a little longer.
const RELOAD_AFTER: Duration = Duration::from_millis(20);

/// Plays the customer's administrator.
#[derive(Clone)]
pub struct Rehearsal {
    /// The sandbox.
    platform: Arc<Platform>,
    /// Where it listens.
    address: SocketAddr,
}

/// What the administrator is going to do.
struct Part<'a> {
    /// Who signs in.
    account: &'a Account,
    /// Whether Accept is pressed.
    accepts: bool,
    /// The link names no organisation.
    any_organisation: bool,
    /// Who opens the link the next time, where that is another person.
    next: Option<&'a str>,
}

impl Rehearsal {
    /// For a sandbox at an address.
    pub(super) fn new(platform: Arc<Platform>, address: SocketAddr) -> Self {
        Self { platform, address }
    }

    /// What the customer with this mail domain says when they are asked for the details of their mail server; none
    /// where they have nothing to say.
    #[must_use]
    pub fn tells(&self, domain: &str) -> Option<super::Details> {
        let customers = &self.platform.world.customers;
        let asked =
            customers.iter().find(|c| c.domain.as_deref().is_some_and(|d| d.eq_ignore_ascii_case(domain)))?;
        asked.tells.clone()
    }

    /// Opens the link and acts; returns one sentence about what was done and seen. Safe to repeat, as often as a
    /// customer might; safe to drop at any await, which is a customer who closes the window.
    ///
    /// # Errors
    /// One sentence: the link is none of this sandbox, or its page can't be used. Trying again with the same link does
    /// not help.
    pub async fn play(&self, link: &str) -> Result<String, String> {
        let url =
            Url::parse(link.trim()).map_err(|why| format!("The customer can't open the link: {why}."))?;
        let ours = match url.host_str() {
            Some(host) if host == self.platform.world.home.login => true,
            Some("127.0.0.1" | "localhost") => url.port_or_known_default() == Some(self.address.port()),
            _ => false,
        };
        if !ours {
            return Err("The link leads out of the sandbox, so nobody opened it.".to_owned());
        }
        let browser = Browser::new(self.address)?;
        let word = url.path_segments().and_then(|mut it| it.next()).unwrap_or_default();
        let word = percent_encoding::percent_decode_str(word).decode_utf8_lossy().into_owned();
        let Some(tenant) = self.platform.world.tenant(&word).map(Arc::clone) else {
            let seen = browser.open(here(&url, self.address)).await?.0;
            return Ok(format!("The customer opened the link. {}", seen.words()));
        };
        let part = self.part(&tenant)?;
        self.platform
            .record(Event::Played { tenant: tenant.id.clone() })
            .map_err(|why| format!("The sandbox can't write its journal: {why}."))?;
        let mut start = here(&url, self.address);
        if part.any_organisation {
            let path = url.path().replacen(
                url.path_segments().and_then(|mut it| it.next()).unwrap_or_default(),
                "organizations",
                1,
            );
            start.set_path(&path);
        }
        walk(&browser, start, &part).await
    }

    /// What this tenant's administrator does now.
    fn part<'a>(&'a self, tenant: &'a Tenant) -> Result<Part<'a>, String> {
        let plays =
            self.platform.with_state(|state| state.plays.get(&tenant.id).copied().unwrap_or_default());
        let first = plays.map_err(|why| format!("The sandbox can't read its journal: {why}."))? == 0;
        let able = || tenant.accounts.iter().find(|it| it.role.may_consent());
        let unable = || tenant.accounts.iter().find(|it| !it.role.may_consent());
        let other =
            || self.platform.world.account(tenant.other_account.as_deref()?).map(|(_, account)| account);
        let accepts =
            able().map(|account| Part { account, accepts: true, any_organisation: false, next: None });
        let part = match tenant.customer {
            Behaviour::NotAdminOnce if first => unable().map(|account| Part {
                account,
                accepts: false,
                any_organisation: false,
                next: able().map(|next| next.name.as_str()),
            }),
            Behaviour::CancelsOnce if first => {
                able().map(|account| Part { account, accepts: false, any_organisation: false, next: None })
            }
            Behaviour::ForeignOnce if first => {
                other().map(|account| Part { account, accepts: true, any_organisation: false, next: None })
            }
            Behaviour::WrongTenant => {
                other().map(|account| Part { account, accepts: true, any_organisation: true, next: None })
            }
            Behaviour::WrongTenantOnce if first => {
                other().map(|account| Part { account, accepts: true, any_organisation: true, next: None })
            }
            _ => accepts,
        };
        part.ok_or_else(|| format!("This world has nobody at {} who could open the link.", tenant.name))
    }
}

/// Goes through the pages.
async fn walk(browser: &Browser, start: Url, part: &Part<'_>) -> Result<String, String> {
    let (mut page, mut at) = browser.open(start).await?;
    let mut pressed = None;
    for _ in 0..MOST_PAGES {
        let Some(form) = page.form() else { break };
        let mut fields = form.hidden.clone();
        match form.step() {
            "account" => fields.push(("account".to_owned(), part.account.address.clone())),
            "password" => fields.push(("passwd".to_owned(), part.account.password.clone())),
            "consent" => {
                let wanted = if part.accepts { "accept" } else { "cancel" };
                let button = form.buttons.iter().find(|button| button.value == wanted);
                let button = button.ok_or_else(|| format!("The customer finds no button to {wanted}."))?;
                fields.push((button.name.clone(), button.value.clone()));
                pressed = Some((button.words.clone(), page.organisation()));
            }
            "request" => fields.push(("send".to_owned(), "1".to_owned())),
            // A page that only somebody with more rights could pass.
            _ => break,
        }
        let target = at.join(&form.action).map_err(|why| format!("The page posts to nowhere: {why}."))?;
        (page, at) = browser.submit(target, &fields).await?;
    }
    let who = format!("{} signed in", part.account.name);
    let did = match pressed {
        Some((button, Some(organisation))) => {
            format!(" and pressed {button} for {organisation}")
        }
        Some((button, None)) => format!(" and pressed {button}"),
        None => String::new(),
    };
    let next =
        part.next.map(|name| format!(" Play the customer again: {name} opens it.")).unwrap_or_default();
    Ok(format!("{who}{did}. {}{next}", page.words()))
}

/// A browser: no cookies, no scripts, redirects followed only inside the sandbox.
struct Browser {
    /// The client under it.
    client: reqwest::Client,
    /// Where the sandbox listens.
    address: SocketAddr,
}

impl Browser {
    /// A new window.
    fn new(address: SocketAddr) -> Result<Self, String> {
        // Nothing but plain HTTP on loopback is spoken: no certificates, no proxy.
        let builder = reqwest::Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([]);
        Ok(Self { client: builder.build().map_err(|why| unmade(&why))?, address })
    }

    /// Opens a page.
    async fn open(&self, url: Url) -> Result<(Page, Url), String> {
        let request = self.client.get(url.clone());
        self.show(request, url).await
    }

    /// Sends a form.
    async fn submit(&self, url: Url, fields: &[(String, String)]) -> Result<(Page, Url), String> {
        let request = self.client.post(url.clone()).form(fields);
        self.show(request, url).await
    }

    /// Shows what comes, or what comes after a reload: a person whose line breaks presses the button again.
    async fn show(&self, request: reqwest::RequestBuilder, at: Url) -> Result<(Page, Url), String> {
        for nth in 1..RELOADS {
            let Some(again) = request.try_clone() else { break };
            match self.try_to_show(again, at.clone()).await {
                Err(Unshown::Line) => tokio::time::sleep(RELOAD_AFTER * nth).await,
                Err(Unshown::Page(words)) => return Err(words),
                Ok(shown) => return Ok(shown),
            }
        }
        self.try_to_show(request, at).await.map_err(|why| match why {
            Unshown::Page(words) => words,
            Unshown::Line => {
                "The customer's browser shows no page: the line breaks again and again.".to_owned()
            }
        })
    }

    /// Shows what comes.
    async fn try_to_show(
        &self,
        request: reqwest::RequestBuilder,
        mut at: Url,
    ) -> Result<(Page, Url), Unshown> {
        let mut answer = request.send().await.map_err(|why| closed(&why))?;
        if answer.status().is_redirection() {
            let location =
                answer.headers().get("location").and_then(|it| it.to_str().ok()).unwrap_or_default();
            let target = at
                .join(location)
                .map_err(|why| Unshown::Page(format!("The browser is sent to nowhere: {why}.")))?;
            let inside = matches!(target.host_str(), Some("127.0.0.1" | "localhost"))
                && target.port() == Some(self.address.port());
            if !inside {
                let host = target.host_str().unwrap_or_default().to_owned();
                return Ok((Page::left(&host), target));
            }
            at = here(&target, self.address);
            answer = self.client.get(at.clone()).send().await.map_err(|why| closed(&why))?;
        }
        Ok((Page::read(&answer.text().await.map_err(|why| closed(&why))?), at))
    }
}

/// Why there is no page.
enum Unshown {
    /// The line broke: a reload may help.
    Line,
    /// One sentence; a reload does not help.
    Page(String),
}

/// Sorts what the client says. Everything is on this computer, so whatever is wrong with a request is the line.
fn closed(why: &reqwest::Error) -> Unshown {
    if why.is_builder() { Unshown::Page(unmade(why)) } else { Unshown::Line }
}

/// A browser that can't be used at all.
fn unmade(_why: &reqwest::Error) -> String {
    "The customer's browser can't open this address.".to_owned()
}

/// An address on the sandbox's own port.
fn here(url: &Url, address: SocketAddr) -> Url {
    let mut here = url.clone();
    // These can't fail: the scheme stays a web one, and the address has a port.
    here.set_scheme("http").ok();
    here.set_ip_host(address.ip()).ok();
    here.set_port(Some(address.port())).ok();
    here.set_fragment(None);
    here
}
