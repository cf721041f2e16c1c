//! The terminal and the browser of this computer. Neither is needed: what is missing has another way.

use crate::{
    app::environment::Environment, commands::check::Check, domain::text::Text, runner::browser::Launcher,
};

/// Smallest window in which the wizard can be used, columns and rows.
const LEAST: (u16, u16) = (40, 10);

/// Both.
pub(super) fn checks(environment: &Environment) -> [Check; 2] {
    [terminal(environment), browser(environment)]
}

fn terminal(environment: &Environment) -> Check {
    const NAME: &str = "Terminal";
    if !environment.has_terminal {
        return Check::new(
            NAME,
            Ok("none here, so the window was not looked at; flags and lines need none".into()),
        );
    }
    let term = environment.term.as_deref().unwrap_or_default();
    if term.is_empty() || term == "dumb" {
        let words = "TERM is empty or dumb, so the wizard asks and answers line by line";
        return Check::warning(
            NAME,
            words,
            "Where it can do more, set TERM to its name, like xterm-256color.",
        );
    }
    if let Some((columns, rows)) =
        environment.window.filter(|(columns, rows)| *columns < LEAST.0 || *rows < LEAST.1)
    {
        let words = Text::of(format_args!("the window has {columns} columns and {rows} rows"));
        return Check::warning(
            NAME,
            words,
            "Make it 40 by 10 at least; 80 by 24 is better. --plain needs no window.",
        );
    }
    if !environment.is_utf_8() {
        let words = "the locale is not UTF-8, so lines are drawn in ASCII and names may not be readable";
        return Check::warning(NAME, words, "Set LANG to a locale of UTF-8, like C.UTF-8.");
    }
    let size =
        environment.window.map_or_else(String::new, |(columns, rows)| format!(", {columns} by {rows}"));
    Check::new(NAME, Ok(Text::of(format_args!("{term}{size}"))))
}

/// Where no browser can be opened, the link goes another way: that is no trouble. One that was named and is not there is.
fn browser(environment: &Environment) -> Check {
    const NAME: &str = "Browser";
    const OTHER_WAYS: &str = "the link can be copied, shown as a QR code, printed and written into a file";
    let is_there = Environment::finds;
    match environment.surroundings.launcher() {
        None => Check::new(NAME, Ok(Text::of(format_args!("none can be opened from here; {OTHER_WAYS}")))),
        Some(Launcher::Windows) => Check::new(NAME, Ok("opened in Windows, by wslview".into())),
        Some(Launcher::Desktop) => {
            let has_any = crate::runner::browser::desktop_programs().iter().any(|program| is_there(program));
            let words = if has_any {
                Text::from("opened as this desktop does")
            } else {
                Text::of(format_args!("no program that opens links is installed here; {OTHER_WAYS}"))
            };
            Check::new(NAME, Ok(words))
        }
        Some(Launcher::Chosen(list)) => {
            let named = list.split(':').filter_map(|entry| entry.split_whitespace().next());
            match named.clone().find(|program| is_there(program)) {
                Some(program) => {
                    Check::new(NAME, Ok(Text::of(format_args!("{program}, as BROWSER names it"))))
                }
                None => Check::warning(
                    NAME,
                    Text::of(format_args!("BROWSER names {list}, which is not there")),
                    "Name a program that opens links, or unset the variable.",
                ),
            }
        }
    }
}
