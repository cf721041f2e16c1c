//! Reads one of the sandbox's own pages: its form, its buttons, its words.
//!
//! No browser: only what the rehearsed customer needs, over pages that this program wrote.

/// One page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The first form.
    form: Option<Form>,
    /// Words of the body, outside the form's hidden fields, one piece for each element.
    pieces: Vec<(String, String)>,
}

/// A form.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Where it posts to.
    pub(super) action: String,
    /// Names and values of hidden fields.
    pub(super) hidden: Vec<(String, String)>,
    /// Buttons.
    pub(super) buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Default)]
pub(super) struct Button {
    /// Name.
    pub(super) name: String,
    /// Value.
    pub(super) value: String,
    /// What stands on it.
    pub(super) words: String,
}

impl Form {
    /// Which page it is.
    pub(super) fn step(&self) -> &str {
        self.hidden.iter().find(|(name, _)| name == "step").map_or("", |(_, value)| value)
    }
}

impl Page {
    /// A page of somebody else that is not opened.
    pub(super) fn left(host: &str) -> Self {
        Self { form: None, pieces: vec![("h1".to_owned(), format!("(the browser was sent on to {host})"))] }
    }

    /// Reads the text of a page.
    pub(super) fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut open = String::new();
        for part in text.split('<').skip(1) {
            let (tag, words) = part.split_once('>').unwrap_or((part, ""));
            let (name, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            match name {
                "form" => page.form = Some(Form { action: attribute(rest, "action"), ..Form::default() }),
                "input" if attribute(rest, "type") == "hidden" => {
                    if let Some(form) = &mut page.form {
                        form.hidden.push((attribute(rest, "name"), attribute(rest, "value")));
                    }
                }
                "button" => {
                    if let Some(form) = &mut page.form {
                        form.buttons.push(Button {
                            name: attribute(rest, "name"),
                            value: attribute(rest, "value"),
                            words: plain(words),
                        });
                    }
                }
                _ => {}
            }
            if !name.starts_with('/') {
                name.clone_into(&mut open);
            }
            let words = plain(words);
            if !words.is_empty() && !matches!(open.as_str(), "style" | "title") {
                page.pieces.push((open.clone(), words));
            }
        }
        page
    }

    /// The form.
    pub(super) fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// The organisation on the permissions page.
    pub(super) fn organisation(&self) -> Option<String> {
        let at =
            self.pieces.iter().position(|(_, words)| words.starts_with("Review for your organisation"))?;
        self.pieces.get(at + 1).map(|(_, words)| words.clone())
    }

    /// What is read on it, in one short sentence: the error's code with the heading, else heading and last words.
    pub(super) fn words(&self) -> String {
        let piece = |is: &dyn Fn(&(String, String)) -> bool| {
            self.pieces.iter().find(|piece| is(piece)).map(|(_, words)| words.as_str())
        };
        let heading = piece(&|(tag, _)| tag == "h1").unwrap_or_default();
        let is_between = |c: char| !c.is_ascii_alphanumeric();
        let code = self
            .pieces
            .iter()
            .flat_map(|(_, words)| words.split(is_between))
            .find(|word| word.starts_with("AADSTS"));
        match code {
            // Without a page to return to, this is what comes after Accept.
            Some(code @ "AADSTS500113") => format!("The page then showed {code}: that is expected."),
            Some(code) => format!("The page then showed {code}: {}.", heading.trim_end_matches('.')),
            None => {
                let end = piece(&|(_, words)| words.contains("close this window"));
                let end = end.map_or_else(String::new, |words| format!(" {words}"));
                format!("The page then said: {}.{end}", heading.trim_end_matches('.'))
            }
        }
    }
}

/// The value of an attribute, entities resolved; empty where it is missing.
fn attribute(tag: &str, name: &str) -> String {
    let mark = format!("{name}=\"");
    // Preceded by a blank or at the start: `value` is not found inside `data-value`.
    let found = tag
        .match_indices(&mark)
        .find(|(at, _)| *at == 0 || tag.get(..*at).is_some_and(|it| it.ends_with(' ')));
    let rest = found.and_then(|(at, mark)| tag.get(at + mark.len()..)).unwrap_or_default();
    resolve(rest.split('"').next().unwrap_or_default())
}

/// Text with entities resolved and blanks folded.
fn plain(text: &str) -> String {
    resolve(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The four entities that the pages are written with.
fn resolve(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_its_fields_and_buttons() {
        let page = Page::read(
            "<html><style>p{}</style><p>Review for your organisation: <strong>Ash &amp; Co</strong></p>\
             <form method=\"post\" action=\"/x/login\"><input type=\"hidden\" name=\"step\" value=\"a&quot;b\">\
             <button type=\"submit\" name=\"decision\" value=\"accept\">Accept</button></form>",
        );
        let form = page.form().unwrap();
        assert_eq!((form.action.as_str(), form.step()), ("/x/login", "a\"b"));
        assert_eq!(form.buttons[0].words, "Accept");
        assert_eq!(page.organisation().unwrap(), "Ash & Co");
    }

    #[test]
    fn what_a_page_says_is_one_short_sentence() {
        for (page, words) in [
            (
                "<h1>Sorry, but we're having trouble</h1><p>AADSTS500113: No reply address is registered.</p>",
                "The page then showed AADSTS500113: that is expected.",
            ),
            (
                "<h1>Need admin approval</h1><p>AADSTS90094: An administrator needs to grant this.</p>",
                "The page then showed AADSTS90094: Need admin approval.",
            ),
            (
                "<h1>Permissions granted</h1><p>You can close this window.</p>",
                "The page then said: Permissions granted. You can close this window.",
            ),
        ] {
            assert_eq!(Page::read(page).words(), words);
        }
    }

    #[test]
    fn any_text_is_read() {
        for text in ["", "<", "<form", "<form><input type=\"hidden\"", "<button", "a<b>c</b"] {
            Page::read(text).words();
        }
    }
}
