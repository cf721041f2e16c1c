//! Autodiscover in SOAP, `autodiscover.svc`: `GetUserSettings`.

use axum::http::StatusCode;
use roxmltree::{Document, Node};

use super::super::front::{self, Reply};
use super::super::settings::{Account, Style, Version};
use super::super::soap::{self, Trouble, child, text};
use super::super::xml::{Namespace, SOAP, Writer};
use super::{Found, Question};

/// Namespace of the operation.
const AUTODISCOVER: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/2010/Autodiscover", prefix: "h" };
/// WS-Addressing.
const ADDRESSING: Namespace = Namespace { uri: "http://www.w3.org/2005/08/addressing", prefix: "a" };
/// For `nil` and `type`.
const INSTANCE: Namespace = Namespace { uri: "http://www.w3.org/2001/XMLSchema-instance", prefix: "i" };

/// Answers a request.
pub(super) fn answer(question: &Question<'_>, account: &Account, body: &str) -> Reply {
    let Ok(document) = Document::parse(body) else { return fault(question) };
    let call = soap::read(&document).ok().and_then(|request| request.call);
    let Some(call) = call.filter(|call| soap::is(*call, AUTODISCOVER, "GetUserSettingsRequestMessage"))
    else {
        return fault(question);
    };
    let request = child(call, AUTODISCOVER, "Request");
    let mut writer = Writer::new(Style::Default);
    writer.open(AUTODISCOVER, "GetUserSettingsResponseMessage");
    writer.open(AUTODISCOVER, "Response").declare(INSTANCE);
    let users = listed(request, "Users", "User");
    let wanted = listed(request, "RequestedSettings", "Setting");
    if let Some(code) = &question.site.server.autodiscover.error {
        error(&mut writer, code, "The request could not be carried out.");
    } else if users.is_empty() || wanted.is_empty() {
        error(&mut writer, "InvalidRequest", "The request names no user or no setting.");
    } else {
        error(&mut writer, "NoError", "");
        writer.open(AUTODISCOVER, "UserResponses");
        for user in users {
            let address = child(user, AUTODISCOVER, "Mailbox").map_or("", text);
            one_user(question, &mut writer, &question.find_for(account, address), &wanted);
        }
    }
    let tree = writer.finish();
    front::xml(StatusCode::OK, envelope(&question.site.server.version, &tree))
}

/// Elements of a list in the request.
fn listed<'a, 'i>(request: Option<Node<'a, 'i>>, list: &str, item: &str) -> Vec<Node<'a, 'i>> {
    let list = request.and_then(|request| child(request, AUTODISCOVER, list));
    list.iter().flat_map(|list| list.children().filter(|node| soap::is(*node, AUTODISCOVER, item))).collect()
}

/// Adds an error code with its words.
fn error(writer: &mut Writer, code: &str, message: &str) {
    writer.leaf(AUTODISCOVER, "ErrorCode", code).leaf(AUTODISCOVER, "ErrorMessage", message);
}

/// Adds what is known about one user.
fn one_user(question: &Question<'_>, writer: &mut Writer, found: &Found, wanted: &[Node<'_, '_>]) {
    let (code, message, target) = match found {
        Found::Settings(_) => ("NoError", "No error.", None),
        Found::Address(to) => ("RedirectAddress", "Redirection address.", Some(to)),
        Found::Url(to) => ("RedirectUrl", "Redirection URL.", Some(to)),
        Found::Nobody => ("InvalidUser", "The user is not known here.", None),
    };
    writer.open(AUTODISCOVER, "UserResponse");
    error(writer, code, message);
    writer.open(AUTODISCOVER, "RedirectTarget");
    match target {
        Some(target) => writer.text(target),
        None => writer.attribute("i:nil", "true"),
    };
    writer.close();
    let mut known = Vec::new();
    writer.open(AUTODISCOVER, "UserSettingErrors");
    if let Found::Settings(card) = found {
        for name in wanted.iter().map(|setting| text(*setting)) {
            if let Some(value) = setting(question, &card.name, name) {
                known.push((name, value));
            } else {
                writer.open(AUTODISCOVER, "UserSettingError");
                error(writer, "SettingIsNotAvailable", "The setting is not available.");
                writer.leaf(AUTODISCOVER, "SettingName", name).close();
            }
        }
    }
    writer.close().open(AUTODISCOVER, "UserSettings");
    for (name, value) in known {
        writer.open(AUTODISCOVER, "UserSetting").attribute("i:type", "StringSetting");
        writer.leaf(AUTODISCOVER, "Name", name).leaf(AUTODISCOVER, "Value", &value).close();
    }
    writer.close().close();
}

/// The value of a setting; none where the server has no such setting.
fn setting(question: &Question<'_>, display_name: &str, name: &str) -> Option<String> {
    Some(match name {
        "ExternalEwsUrl" | "InternalEwsUrl" => question.endpoint(),
        "EwsSupportedSchemas" => {
            "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, Exchange2010_SP2, Exchange2013, \
             Exchange2013_SP1"
                .to_owned()
        }
        "CasVersion" => numbers(&question.site.server.version).map(|number| number.to_string()).join("."),
        "UserDisplayName" => display_name.to_owned(),
        _ => return None,
    })
}

/// The four numbers of a version.
fn numbers(version: &Version) -> [u32; 4] {
    [version.major, version.minor, version.build, version.revision]
}

/// Wraps the child of a body; here the version is elements, where EWS has attributes.
fn envelope(version: &Version, body: &str) -> Vec<u8> {
    let mut writer = Writer::new(Style::Prefixed);
    writer.open(SOAP, "Envelope").open(SOAP, "Header");
    writer.open(ADDRESSING, "Action").attribute("s:mustUnderstand", "1");
    writer
        .text("http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettingsResponse")
        .close();
    writer.open(AUTODISCOVER, "ServerVersionInfo");
    let names = ["MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber"];
    for (name, number) in names.into_iter().zip(numbers(version)) {
        writer.leaf(AUTODISCOVER, name, &number.to_string());
    }
    writer.leaf(AUTODISCOVER, "Version", "Exchange2013_SP1").close().close();
    writer.open(SOAP, "Body").tree(body);
    soap::document(&writer.finish())
}

/// The answer to what is no request.
fn fault(question: &Question<'_>) -> Reply {
    let trouble = Trouble::new("ErrorInvalidRequest", "The request is not understood.");
    let body = soap::envelope(&question.site.server.version, &soap::fault(&trouble));
    front::xml(StatusCode::INTERNAL_SERVER_ERROR, body)
}
