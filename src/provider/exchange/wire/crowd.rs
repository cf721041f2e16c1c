//! Looks through XML for what a hostile server could keep the parser busy with: the parser compares each attribute of a
//! tag with all others, and copies the name spaces in force for each element that declares one. One pass, before it parses.

/// Most attributes of one tag; an element of EWS has fewer than ten, of SOAP a few name spaces.
const MAX_ATTRIBUTES: usize = 64;

/// Deepest nesting; an answer with every field asked for has about twenty.
const MAX_DEPTH: usize = 128;

/// Most declarations of name spaces in all; some servers write two or three for each of a thousand people.
const MAX_NAMESPACES: usize = 20_000;

/// What may hold anything, quotes and brackets included: how it begins and how it ends.
const OPAQUE: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];

/// Whether some tag has more attributes, or the whole is deeper or declares more, than any answer does.
pub(super) fn is_crowded(text: &str) -> bool {
    let mut rest = text;
    let (mut depth, mut namespaces) = (0_usize, 0_usize);
    while let Some((_, from)) = rest.find('<').and_then(|at| rest.split_at_checked(at)) {
        if let Some((_, end)) = OPAQUE.iter().find(|(begin, _)| from.starts_with(begin)) {
            // Without an end it is no document, which the parser finds out.
            let Some((_, behind)) = from.split_once(end) else { return false };
            rest = behind;
            continue;
        }
        let tag = Tag::of(from);
        namespaces += tag.text.matches("xmlns").count();
        if tag.text.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.text.ends_with("/>") {
            depth += 1;
        }
        if tag.attributes > MAX_ATTRIBUTES || depth > MAX_DEPTH || namespaces > MAX_NAMESPACES {
            return true;
        }
        rest = from.get(tag.text.len()..).unwrap_or_default();
    }
    false
}

/// One tag.
struct Tag<'a> {
    /// From `<` to `>`; to the end of the text when there is none.
    text: &'a str,
    /// Equals signs outside of quotes.
    attributes: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag that begins here.
    fn of(text: &'a str) -> Self {
        let mut quote = None;
        let mut attributes = 0;
        for (at, byte) in text.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                (None, b'>') => return Self { text: text.get(..=at).unwrap_or(text), attributes },
                _ => {}
            }
        }
        Self { text, attributes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_send_is_not_crowded() {
        for text in [
            "",
            "no tag",
            "<a b='1' c=\"2>3\"/>",
            "<a><!-- <b ' = --><![CDATA[<c = = =]]><?d = ?></a>",
            "<a b='",
            "<!-- never ends = = =",
        ] {
            assert!(!is_crowded(text), "{text}");
        }
        let persona = "<Persona xmlns='u' xmlns:t='v'><t:Name>=</t:Name></Persona>";
        assert!(!is_crowded(&format!("<People>{}</People>", persona.repeat(5_000))));
    }

    #[test]
    fn crowds_are_seen_wherever_they_hide() {
        let many = "a='1' ".repeat(65);
        for text in [
            format!("<x {many}/>"),
            format!("<!-- ' --><x {many}/>"),
            format!("<![CDATA[\"]]><?p '?><x><y {many}"),
            "<a>".repeat(129),
            "<a xmlns:b='c'/>".repeat(20_001),
        ] {
            assert!(is_crowded(&text), "{}", text.get(..40).unwrap_or(&text));
        }
        assert!(!is_crowded(&"<a></a>".repeat(10_000)), "wide is not deep");
    }
}
