//! Envelopes out: every request that is sent to Exchange Web Services or to Autodiscover, written with escaping by
//! construction.
//!
//! Triggered by a call or by discovery; out comes XML as text. Text reaches the document only through [`Xml::text`] and
//! attribute values, which both escape. Children stand in the order of the schema, because the server may check it.

use crate::domain::id::Address;

/// SOAP 1.1 envelope (exchange-web-services.md section 3: `http`, whatever some pages print).
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Types of EWS.
pub(super) const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
/// Messages of EWS.
pub(super) const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
/// Errors of EWS, inside a fault's detail.
pub(super) const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";
/// Autodiscover over SOAP.
pub(super) const AUTODISCOVER: &str = "http://schemas.microsoft.com/exchange/2010/Autodiscover";
/// WS-Addressing, which Autodiscover over SOAP asks for.
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// The older Autodiscover's request.
const POX_REQUEST: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
/// The older Autodiscover's answer, inner part: named in the request as what we can read.
const POX_ANSWER: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
/// The one action that we ask Autodiscover for.
const GET_USER_SETTINGS: &str =
    "http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings";

/// Entries asked for per page of a directory search. Sources name a page cap of 100 or of 1,000
/// (exchange-web-services.md section 8.2, unconfirmed): 100 is safe with both.
pub(super) const PEOPLE_PER_PAGE: u32 = 100;

/// The version that the request header names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Version {
    /// Highest documented one, enough for everything we ask.
    Exchange2013Sp1,
    /// Asked for once when a server does not like the first.
    Exchange2013,
}

impl Version {
    /// The word on the wire.
    const fn word(self) -> &'static str {
        match self {
            Self::Exchange2013Sp1 => "Exchange2013_SP1",
            Self::Exchange2013 => "Exchange2013",
        }
    }
}

/// What is asked; all three only read, so each is safe to repeat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    /// The id of the inbox: the cheapest call that proves sign-in, impersonation, scope and a mounted database.
    GetInbox,
    /// The id of the root of a mailbox: whether it opens at all.
    GetRoot,
    /// People in the directory whose name or address begins with the query; never sent with an empty one.
    FindPeople {
        /// Beginning of a name.
        query: String,
        /// How many were received before.
        offset: u32,
    },
    /// The same by ambiguous-name resolution: at most 100 answers, no paging.
    ResolveNames {
        /// Beginning of a name.
        query: String,
    },
}

impl Operation {
    /// The whole request, as `mailbox` when one is named.
    pub(super) fn envelope(&self, version: Version, mailbox: Option<&Address>) -> String {
        Xml::document(|xml| {
            let namespaces = [("xmlns:soap", SOAP), ("xmlns:t", TYPES), ("xmlns:m", MESSAGES)];
            xml.element("soap:Envelope", &namespaces, |xml| {
                xml.element("soap:Header", &[], |xml| header(xml, version, mailbox));
                xml.element("soap:Body", &[], |xml| self.write(xml, &[]));
            });
        })
    }

    /// The body's child alone, as a document of its own: for checking against the schema.
    #[cfg(test)]
    pub(super) fn document(&self) -> String {
        Xml::document(|xml| self.write(xml, &[("xmlns:t", TYPES), ("xmlns:m", MESSAGES)]))
    }

    /// Writes the body's child.
    fn write(&self, xml: &mut Xml, namespaces: &[(&'static str, &str)]) {
        match self {
            Self::GetInbox => get_folder(xml, namespaces, "inbox"),
            Self::GetRoot => get_folder(xml, namespaces, "msgfolderroot"),
            Self::FindPeople { query, offset } => {
                xml.element("m:FindPeople", namespaces, |xml| find_people(xml, query, *offset));
            }
            Self::ResolveNames { query } => {
                let mut attributes = namespaces.to_vec();
                // The contact has the mail address of an entry that is named in Exchange's own way.
                attributes.extend([("ReturnFullContactData", "true"), ("SearchScope", "ActiveDirectory")]);
                xml.element("m:ResolveNames", &attributes, |xml| xml.leaf("m:UnresolvedEntry", query));
            }
        }
    }
}

/// Version first, then impersonation: the order in which Microsoft's own client writes them.
fn header(xml: &mut Xml, version: Version, mailbox: Option<&Address>) {
    xml.empty("t:RequestServerVersion", &[("Version", version.word())]);
    if let Some(mailbox) = mailbox {
        xml.element("t:ExchangeImpersonation", &[], |xml| {
            xml.element("t:ConnectingSID", &[], |xml| xml.leaf("t:PrimarySmtpAddress", mailbox.as_str()));
        });
    }
}

/// The id of a folder, and nothing else of it.
fn get_folder(xml: &mut Xml, namespaces: &[(&'static str, &str)], folder: &str) {
    xml.element("m:GetFolder", namespaces, |xml| {
        xml.element("m:FolderShape", &[], |xml| xml.leaf("t:BaseShape", "IdOnly"));
        xml.element("m:FolderIds", &[], |xml| xml.empty("t:DistinguishedFolderId", &[("Id", folder)]));
    });
}

/// Children in the order of `FindPeopleType` in messages.xsd.
fn find_people(xml: &mut Xml, query: &str, offset: u32) {
    xml.element("m:PersonaShape", &[], |xml| {
        xml.leaf("t:BaseShape", "IdOnly");
        xml.element("t:AdditionalProperties", &[], |xml| {
            for field in [
                "persona:DisplayName",
                "persona:EmailAddress",
                "persona:EmailAddresses",
                "persona:PersonaType",
            ] {
                xml.empty("t:FieldURI", &[("FieldURI", field)]);
            }
        });
    });
    xml.empty(
        "m:IndexedPageItemView",
        &[
            ("MaxEntriesReturned", &PEOPLE_PER_PAGE.to_string()),
            ("Offset", &offset.to_string()),
            ("BasePoint", "Beginning"),
        ],
    );
    xml.element("m:ParentFolderId", &[], |xml| xml.empty("t:DistinguishedFolderId", &[("Id", "directory")]));
    xml.leaf("m:QueryString", query);
}

/// Asks Autodiscover over SOAP for the EWS address of a mailbox; `to` is the address that the request is sent to.
pub(super) fn user_settings(mailbox: &Address, to: &str) -> String {
    Xml::document(|xml| {
        let namespaces = [("xmlns:soap", SOAP), ("xmlns:a", AUTODISCOVER), ("xmlns:wsa", ADDRESSING)];
        xml.element("soap:Envelope", &namespaces, |xml| {
            xml.element("soap:Header", &[], |xml| {
                xml.leaf("a:RequestedServerVersion", Version::Exchange2013Sp1.word());
                xml.leaf("wsa:Action", GET_USER_SETTINGS);
                xml.leaf("wsa:To", to);
            });
            xml.element("soap:Body", &[], |xml| {
                xml.element("a:GetUserSettingsRequestMessage", &[], |xml| {
                    xml.element("a:Request", &[], |xml| {
                        xml.element("a:Users", &[], |xml| {
                            xml.element("a:User", &[], |xml| xml.leaf("a:Mailbox", mailbox.as_str()));
                        });
                        xml.element("a:RequestedSettings", &[], |xml| {
                            xml.leaf("a:Setting", "ExternalEwsUrl");
                            xml.leaf("a:Setting", "InternalEwsUrl");
                        });
                    });
                });
            });
        });
    })
}

/// Asks the older, plain-XML Autodiscover.
pub(super) fn outlook_settings(mailbox: &Address) -> String {
    Xml::document(|xml| {
        xml.element("Autodiscover", &[("xmlns", POX_REQUEST)], |xml| {
            xml.element("Request", &[], |xml| {
                xml.leaf("EMailAddress", mailbox.as_str());
                xml.leaf("AcceptableResponseSchema", POX_ANSWER);
            });
        });
    })
}

/// A document in the making: what was opened is closed, what is text is escaped.
struct Xml(String);

impl Xml {
    /// Writes a whole document.
    fn document(content: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self(String::with_capacity(1_024));
        xml.0.push_str(r#"<?xml version="1.0" encoding="utf-8"?>"#);
        content(&mut xml);
        xml.0
    }

    /// An element with children.
    fn element(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.start(tag, attributes);
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// An element with text only.
    fn leaf(&mut self, tag: &'static str, text: &str) {
        self.element(tag, &[], |xml| xml.text(text));
    }

    /// An element without content.
    fn empty(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.start(tag, attributes);
        self.0.push_str("/>");
    }

    /// Everything of a start tag but its end.
    fn start(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
    }

    /// Text, escaped for content and for attribute values alike. Control characters are left out: XML 1.0 forbids most
    /// of them, and no name or address holds one.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                '\u{FFFE}' | '\u{FFFF}' => {}
                c if c.is_control() => {}
                c => self.0.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::Document;

    use super::*;

    fn ana() -> Address {
        "ana@customer.example".parse().unwrap()
    }

    #[test]
    fn the_header_names_the_version_first_and_then_whom_we_act_as() {
        let text = Operation::GetInbox.envelope(Version::Exchange2013Sp1, Some(&ana()));
        let document = Document::parse(&text).unwrap();
        let header = document.descendants().find(|n| n.has_tag_name((SOAP, "Header"))).unwrap();
        let names: Vec<_> = header.children().map(|n| n.tag_name().name()).collect();
        assert_eq!(names, ["RequestServerVersion", "ExchangeImpersonation"]);
        let sid = document.descendants().find(|n| n.has_tag_name((TYPES, "PrimarySmtpAddress"))).unwrap();
        assert_eq!(sid.text(), Some("ana@customer.example"));
        let bare = Operation::GetInbox.envelope(Version::Exchange2013, None);
        assert!(!bare.contains("Impersonation"));
        assert!(bare.contains(r#"Version="Exchange2013""#));
    }

    #[test]
    fn autodiscover_requests_name_the_mailbox_and_where_they_go() {
        let to = "https://autodiscover.customer.example/autodiscover/autodiscover.svc";
        let text = user_settings(&ana(), to);
        let document = Document::parse(&text).unwrap();
        let find =
            |name: &str| document.descendants().find(|n| n.tag_name().name() == name).and_then(|n| n.text());
        assert_eq!(find("Mailbox"), Some("ana@customer.example"));
        assert_eq!(find("To"), Some(to));
        let text = outlook_settings(&ana());
        let document = Document::parse(&text).unwrap();
        let mailbox = document.descendants().find(|n| n.has_tag_name((POX_REQUEST, "EMailAddress"))).unwrap();
        assert_eq!(mailbox.text(), Some("ana@customer.example"));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_went_in_but_for_control_characters(query in "\\PC*|.*|[<>&'\"\u{0}-\u{20}]{0,40}") {
            let text = Operation::FindPeople { query: query.clone(), offset: 0 }.envelope(Version::Exchange2013Sp1, None);
            let document = Document::parse(&text).unwrap();
            let element = document.descendants().find(|n| n.has_tag_name((MESSAGES, "QueryString"))).unwrap();
            let expected: String =
                query.chars().filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect();
            prop_assert_eq!(element.text().unwrap_or_default(), expected);
            let text = Operation::ResolveNames { query }.document();
            prop_assert!(Document::parse(&text).is_ok());
        }
    }
}
