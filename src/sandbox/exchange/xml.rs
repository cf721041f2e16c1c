//! A small writer of XML that escapes everything it is given.
//!
//! One writer serves both styles of answer: with prefixes, or with default namespaces.

use super::settings::Style;

/// A namespace with the prefix that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Namespace {
    /// The name that counts.
    pub(super) uri: &'static str,
    /// The prefix in the prefixed style.
    pub(super) prefix: &'static str,
}

/// SOAP 1.1 envelope.
pub(super) const SOAP: Namespace =
    Namespace { uri: "http://schemas.xmlsoap.org/soap/envelope/", prefix: "s" };
/// EWS types.
pub(super) const TYPES: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/services/2006/types", prefix: "t" };
/// EWS messages.
pub(super) const MESSAGES: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/services/2006/messages", prefix: "m" };
/// EWS errors, inside a fault.
pub(super) const ERRORS: Namespace =
    Namespace { uri: "http://schemas.microsoft.com/exchange/services/2006/errors", prefix: "e" };
/// No namespace.
pub(super) const NONE: Namespace = Namespace { uri: "", prefix: "" };

/// One open element.
#[derive(Debug)]
struct Open {
    /// Its name with prefix, for the closing tag.
    name: String,
    /// The default namespace inside it.
    default: &'static str,
    /// How many prefixes were declared before it.
    declared: usize,
}

/// Writes one tree of elements.
#[derive(Debug)]
pub(super) struct Writer {
    /// What is written so far.
    out: String,
    /// Prefixed or with default namespaces.
    style: Style,
    /// From the root inwards.
    open: Vec<Open>,
    /// Prefixes in scope.
    declared: Vec<Namespace>,
    /// The last start tag still takes attributes.
    in_tag: bool,
}

impl Writer {
    /// An empty document without declaration.
    pub(super) fn new(style: Style) -> Self {
        Self { out: String::new(), style, open: Vec::new(), declared: Vec::new(), in_tag: false }
    }

    /// Opens an element; attributes and content follow until [`Writer::close`].
    pub(super) fn open(&mut self, namespace: Namespace, name: &str) -> &mut Self {
        self.end_tag();
        let outer = self.open.last().map_or("", |open| open.default);
        let declared = self.declared.len();
        let prefixed = self.style == Style::Prefixed && !namespace.prefix.is_empty();
        let full = if prefixed { format!("{}:{name}", namespace.prefix) } else { name.to_owned() };
        self.out.push('<');
        self.out.push_str(&full);
        self.in_tag = true;
        let mut default = outer;
        if prefixed {
            self.declare(namespace);
        } else if outer != namespace.uri {
            self.attribute("xmlns", namespace.uri);
            default = namespace.uri;
        }
        self.open.push(Open { name: full, default, declared });
        self
    }

    /// Declares a prefix on the element just opened, unless it is in scope already.
    pub(super) fn declare(&mut self, namespace: Namespace) -> &mut Self {
        if !self.declared.contains(&namespace) {
            self.declared.push(namespace);
            self.attribute(&format!("xmlns:{}", namespace.prefix), namespace.uri);
        }
        self
    }

    /// Adds an attribute to the element just opened; without one it does nothing.
    pub(super) fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        if self.in_tag {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, &mut self.out);
            self.out.push('"');
        }
        self
    }

    /// Adds text to the open element.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.end_tag();
            escape(text, &mut self.out);
        }
        self
    }

    /// Adds a finished tree, as another writer made it.
    pub(super) fn tree(&mut self, tree: &str) -> &mut Self {
        self.end_tag();
        self.out.push_str(tree);
        self
    }

    /// Closes the innermost element.
    pub(super) fn close(&mut self) -> &mut Self {
        let Some(open) = self.open.pop() else { return self };
        self.declared.truncate(open.declared);
        if self.in_tag {
            self.out.push_str("/>");
            self.in_tag = false;
        } else {
            self.out.push_str("</");
            self.out.push_str(&open.name);
            self.out.push('>');
        }
        self
    }

    /// Adds an element that holds nothing but text.
    pub(super) fn leaf(&mut self, namespace: Namespace, name: &str, text: &str) -> &mut Self {
        self.open(namespace, name).text(text).close()
    }

    /// Closes what is open and hands out the tree.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    /// Ends a start tag that still takes attributes.
    fn end_tag(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }
}

/// Escapes text for an element or a quoted attribute.
///
/// What XML 1.0 can't carry becomes the replacement character.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same little tree in one of the styles.
    fn tree(style: Style) -> String {
        let mut writer = Writer::new(style);
        writer.open(MESSAGES, "Outer").declare_for(style).attribute("A", "\"1\"");
        writer.open(TYPES, "Inner").leaf(TYPES, "Leaf", "a<b>&c").close();
        writer.leaf(MESSAGES, "Last", "");
        writer.finish()
    }

    impl Writer {
        /// Declares the types prefix where prefixes are used.
        fn declare_for(&mut self, style: Style) -> &mut Self {
            if style == Style::Prefixed { self.declare(TYPES) } else { self }
        }
    }

    #[test]
    fn prefixed_style_declares_each_prefix_once() {
        assert_eq!(
            tree(Style::Prefixed),
            format!(
                "<m:Outer xmlns:m=\"{}\" xmlns:t=\"{}\" A=\"&quot;1&quot;\"><t:Inner><t:Leaf>a&lt;b&gt;&amp;c\
                 </t:Leaf></t:Inner><m:Last/></m:Outer>",
                MESSAGES.uri, TYPES.uri
            )
        );
    }

    #[test]
    fn default_style_changes_the_namespace_where_it_changes() {
        assert_eq!(
            tree(Style::Default),
            format!(
                "<Outer xmlns=\"{}\" A=\"&quot;1&quot;\"><Inner xmlns=\"{}\"><Leaf>a&lt;b&gt;&amp;c</Leaf></Inner>\
                 <Last/></Outer>",
                MESSAGES.uri, TYPES.uri
            )
        );
    }

    #[test]
    fn siblings_declare_their_prefix_each_for_itself() {
        let mut writer = Writer::new(Style::Prefixed);
        writer.open(NONE, "detail").leaf(ERRORS, "A", "1").leaf(ERRORS, "B", "2");
        let text = writer.finish();
        assert!(roxmltree::Document::parse(&text).is_ok(), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_is_written_can_be_read_again(text in ".*", value in ".*") {
            let mut writer = Writer::new(Style::Prefixed);
            writer.open(MESSAGES, "A").attribute("V", &value).text(&text);
            let written = writer.finish();
            let document = roxmltree::Document::parse(&written).unwrap();
            let clean = |text: &str| -> String {
                text.chars()
                    .map(|c| match c {
                        '\t' | '\n' | '\r' => c,
                        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
                        _ => c,
                    })
                    .collect()
            };
            prop_assert_eq!(document.root_element().text().unwrap_or_default(), clean(&text));
            prop_assert_eq!(document.root_element().attribute("V").unwrap_or_default(), clean(&value));
        }
    }
}
