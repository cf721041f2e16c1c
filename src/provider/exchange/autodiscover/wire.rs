//! What Autodiscover answers, in its three forms. Pure; anything that can't be read is [`Finding::Nothing`], because
//! another place may know better.

use roxmltree::Node;
use url::Url;

use super::super::{
    soap::AUTODISCOVER,
    wire::{text, with_document},
};
use crate::{domain::id::Address, provider::http::Response};

/// What one place knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Finding {
    /// The EWS address, https.
    Server(Url),
    /// Ask there, says Autodiscover.
    Elsewhere(Url),
    /// A web server's redirect.
    Moved(Url),
    /// Ask for this address instead.
    Address(Address),
    /// Nothing of use.
    Nothing,
}

/// Whether an answer asks for a sign-in; some proxies drop the line that says how.
pub(super) const fn is_challenge(answer: &Response) -> bool {
    answer.status == 401
}

/// Reads the JSON shortcut: `{"Protocol":"EWS","Url":"https://…"}`.
pub(super) fn shortcut(body: &[u8]) -> Option<Url> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    secure(value.get("Url")?.as_str()?)
}

/// Reads the answer to `GetUserSettings`. Error codes may sit at three levels; only redirects and addresses count.
pub(super) fn user_settings(body: &[u8]) -> Finding {
    let read = with_document(body, |document| {
        let named =
            |name: &'static str| document.descendants().filter(move |n| n.has_tag_name((AUTODISCOVER, name)));
        let target = named("RedirectTarget").map(text).find(|target| !target.is_empty());
        match (named("ErrorCode").map(text).find(|code| code.starts_with("Redirect")), target) {
            (Some("RedirectAddress"), Some(target)) => return address(target),
            (Some("RedirectUrl"), Some(target)) => return elsewhere(target),
            _ => {}
        }
        let setting = |wanted: &str| {
            named("UserSetting").find_map(|setting| {
                let part =
                    |name: &str| setting.children().find(|n| n.has_tag_name((AUTODISCOVER, name))).map(text);
                (part("Name") == Some(wanted)).then(|| part("Value")).flatten().and_then(secure)
            })
        };
        setting("ExternalEwsUrl")
            .or_else(|| setting("InternalEwsUrl"))
            .map_or(Finding::Nothing, Finding::Server)
    });
    read.unwrap_or(Finding::Nothing)
}

/// Reads the plain-XML answer. Namespaces differ by level and by server here, so names alone are matched.
pub(super) fn outlook_settings(body: &[u8]) -> Finding {
    let read = with_document(body, |document| {
        let mut all = document.descendants();
        let Some(account) = all.find(|n| is_named(n, "Account")) else { return Finding::Nothing };
        let part = |name: &str| account.children().find(|n| is_named(n, name)).map(text).unwrap_or_default();
        match part("Action") {
            "redirectAddr" => return address(part("RedirectAddr")),
            "redirectUrl" => return elsewhere(part("RedirectUrl")),
            _ => {}
        }
        // Outside first, then the newer form, then inside.
        let server = ["EXPR", "EXHTTP", "EXCH"].into_iter().find_map(|kind| {
            // Web mail's entry holds others, with the same addresses (its parts External and Internal).
            let mut protocols = account.descendants().filter(|n| is_named(n, "Protocol"));
            protocols.find_map(|protocol| {
                let part = |name: &str| protocol.children().find(|n| is_named(n, name)).map(text);
                let is_kind = part("Type") == Some(kind);
                is_kind
                    .then(|| part("EwsUrl").and_then(secure).or_else(|| part("ASUrl").and_then(secure)))
                    .flatten()
            })
        });
        server.map_or(Finding::Nothing, Finding::Server)
    });
    read.unwrap_or(Finding::Nothing)
}

/// Whether an element has this local name.
fn is_named(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// An https address with a host and without a sign-in in it.
fn secure(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    (url.scheme() == "https" && url.host_str().is_some() && is_bare).then_some(url)
}

/// A redirect to another mail address.
fn address(text: &str) -> Finding {
    text.parse().map_or(Finding::Nothing, Finding::Address)
}

/// A redirect to another place.
fn elsewhere(text: &str) -> Finding {
    secure(text).map_or(Finding::Nothing, Finding::Elsewhere)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings(code: &str, target: &str, settings: &str) -> Vec<u8> {
        format!(
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
            <GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response>
            <ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>{code}</ErrorCode>
            <RedirectTarget>{target}</RedirectTarget><UserSettings>{settings}</UserSettings></UserResponse>
            </UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"#
        )
        .into_bytes()
    }

    fn setting(name: &str, value: &str) -> String {
        format!("<UserSetting><Name>{name}</Name><Value>{value}</Value></UserSetting>")
    }

    #[test]
    fn soap_answers_are_read_at_every_level() {
        let inside = setting("InternalEwsUrl", "https://in.hoster.example/EWS/Exchange.asmx");
        let outside = setting("ExternalEwsUrl", "https://mail.hoster.example/EWS/Exchange.asmx");
        let open = setting("ExternalEwsUrl", "http://mail.hoster.example/EWS/Exchange.asmx");
        for (name, body, finding) in [
            ("both", settings("NoError", "", &(inside.clone() + &outside)), "mail.hoster.example"),
            ("inside only", settings("NoError", "", &inside), "in.hoster.example"),
        ] {
            let Finding::Server(url) = user_settings(&body) else { panic!("{name}") };
            assert_eq!(url.host_str(), Some(finding), "{name}");
        }
        assert_eq!(user_settings(&settings("NoError", "", &open)), Finding::Nothing);
        assert_eq!(user_settings(&settings("InvalidUser", "", "")), Finding::Nothing);
        assert_eq!(
            user_settings(&settings("RedirectAddress", "ana@other.example", "")),
            Finding::Address("ana@other.example".parse().unwrap())
        );
        assert_eq!(
            user_settings(&settings("RedirectUrl", "https://x.example/autodiscover/autodiscover.svc", "")),
            Finding::Elsewhere("https://x.example/autodiscover/autodiscover.svc".parse().unwrap())
        );
    }

    fn pox(inner: &str) -> Vec<u8> {
        format!(
            r#"<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
            <Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">{inner}
            </Response></Autodiscover>"#
        )
        .into_bytes()
    }

    #[test]
    fn plain_xml_answers_are_read() {
        let protocol = |kind: &str, tag: &str, host: &str| {
            format!("<Protocol><Type>{kind}</Type><{tag}>https://{host}/EWS/Exchange.asmx</{tag}></Protocol>")
        };
        let both = protocol("EXCH", "EwsUrl", "in.example") + &protocol("EXPR", "ASUrl", "out.example");
        let body = pox(&format!("<Account><Action>settings</Action>{both}</Account>"));
        assert_eq!(
            outlook_settings(&body),
            Finding::Server("https://out.example/EWS/Exchange.asmx".parse().unwrap())
        );
        let web = "<Protocol><Type>WEB</Type><External><OWAUrl>https://out.example/owa/</OWAUrl>";
        let nested = protocol("EXPR", "ASUrl", "out.example");
        let body =
            pox(&format!("<Account><Action>settings</Action>{web}{nested}</External></Protocol></Account>"));
        assert_eq!(
            outlook_settings(&body),
            Finding::Server("https://out.example/EWS/Exchange.asmx".parse().unwrap()),
            "of web mail's entry"
        );
        let body =
            pox("<Account><Action>redirectAddr</Action><RedirectAddr>ana@b.example</RedirectAddr></Account>");
        assert_eq!(outlook_settings(&body), Finding::Address("ana@b.example".parse().unwrap()));
        let body = pox(
            "<Account><Action>redirectUrl</Action><RedirectUrl>http://b.example/</RedirectUrl></Account>",
        );
        assert_eq!(outlook_settings(&body), Finding::Nothing);
        assert_eq!(outlook_settings(&pox("<Error><ErrorCode>600</ErrorCode></Error>")), Finding::Nothing);
    }

    #[test]
    fn the_shortcut_is_read() {
        let url = shortcut(br#"{"Protocol":"EWS","Url":"https://mail.hoster.example/EWS/Exchange.asmx"}"#);
        assert_eq!(url.unwrap().host_str(), Some("mail.hoster.example"));
        for body in [
            "",
            "[]",
            r#"{"Url":7}"#,
            r#"{"Url":"http://mail.hoster.example/"}"#,
            r#"{"ErrorCode":"x"}"#,
            r#"{"Url":"https://:pw@mail.hoster.example/"}"#,
            r#"{"Url":"https://me@mail.hoster.example/"}"#,
        ] {
            assert_eq!(shortcut(body.as_bytes()), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), code in "\\PC{0,20}") {
            user_settings(&bytes);
            outlook_settings(&bytes);
            shortcut(&bytes);
            user_settings(&settings(&code, &code, &code));
            outlook_settings(&pox(&code));
        }
    }
}
