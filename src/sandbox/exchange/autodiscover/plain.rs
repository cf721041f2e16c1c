//! Autodiscover in plain XML ("POX"), `autodiscover.xml`.

use axum::http::StatusCode;
use roxmltree::Document;

use super::super::front::{self, Reply};
use super::super::settings::{Account, Style};
use super::super::soap::{child, document, is, text};
use super::super::xml::{Namespace, Writer};
use super::{Found, Question};

/// Namespace of requests.
const REQUEST: Namespace = Namespace {
    uri: "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006",
    prefix: "r",
};
/// Namespace of the answer's outer element, and of errors.
const OUTER: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006", prefix: "o" };
/// Namespace of the answer's content.
const INNER: Namespace = Namespace {
    uri: "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a",
    prefix: "i",
};

/// Answers a request.
pub(super) fn answer(question: &Question<'_>, account: &Account, body: &str) -> Reply {
    let Some(address) = read(body) else { return error(question, "600", "Invalid Request") };
    let found = question.find_for(account, &address);
    if matches!(found, Found::Nobody) {
        return error(question, "500", "The email address can't be found.");
    }
    let mut writer = Writer::new(Style::Default);
    writer.open(OUTER, "Autodiscover").open(INNER, "Response");
    if let Found::Settings(card) = &found {
        writer.open(INNER, "User").leaf(INNER, "DisplayName", &card.name);
        writer.leaf(INNER, "AutoDiscoverSMTPAddress", &card.address).close();
    }
    writer.open(INNER, "Account");
    match found {
        Found::Settings(_) => settings(&mut writer, &question.endpoint()),
        Found::Address(to) => {
            writer.leaf(INNER, "Action", "redirectAddr").leaf(INNER, "RedirectAddr", &to);
        }
        Found::Url(to) => {
            writer.leaf(INNER, "Action", "redirectUrl").leaf(INNER, "RedirectUrl", &to);
        }
        Found::Nobody => {}
    }
    front::xml(StatusCode::OK, document(&writer.finish()))
}

/// The address that is asked about, if the request is one.
fn read(body: &str) -> Option<String> {
    let document = Document::parse(body).ok()?;
    let root = Some(document.root_element()).filter(|root| is(*root, REQUEST, "Autodiscover"))?;
    let request = child(root, REQUEST, "Request")?;
    let schema = child(request, REQUEST, "AcceptableResponseSchema").map(text);
    let address = child(request, REQUEST, "EMailAddress").map(text).filter(|address| !address.is_empty())?;
    (schema == Some(INNER.uri)).then(|| address.to_owned())
}

/// Adds the protocols, inside and outside the hoster's network.
fn settings(writer: &mut Writer, endpoint: &str) {
    writer.leaf(INNER, "AccountType", "email").leaf(INNER, "Action", "settings");
    for kind in ["EXCH", "EXPR"] {
        writer.open(INNER, "Protocol").leaf(INNER, "Type", kind);
        writer.leaf(INNER, "ASUrl", endpoint).leaf(INNER, "EwsUrl", endpoint).close();
    }
}

/// An error answer, with 200 as all of them.
fn error(question: &Question<'_>, code: &str, message: &str) -> Reply {
    let seconds = question.now.at.div_euclid(1000).rem_euclid(86_400);
    let time = format!("{:02}:{:02}:{:02}.00", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut writer = Writer::new(Style::Default);
    writer.open(OUTER, "Autodiscover").open(OUTER, "Response").open(OUTER, "Error");
    writer.attribute("Time", &time).attribute("Id", "2477272013");
    writer.leaf(OUTER, "ErrorCode", code).leaf(OUTER, "Message", message).leaf(OUTER, "DebugData", "");
    front::xml(StatusCode::OK, document(&writer.finish()))
}
