//! `backup365 settings`: each value and where it came from. Ends with 2 when something can't be used.

use std::io;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::{
    domain::text::Text,
    exit::Exit,
    settings::{
        Origin,
        survey::{Row, Survey},
    },
};

use super::{Out, quietly, warn};

/// A settings file with every setting at its default.
const SAMPLE: &str = include_str!("../../assets/backup365.sample.toml");

/// Widest value, in columns, that all rows are aligned to; what is longer pushes aside the sources of its own setting
/// only.
const WIDEST: usize = 44;

/// Said for a setting without a value.
const NOT_SET: &str = "not set";

/// Said for a setting whose value is refused; the mistakes below say why.
const UNUSABLE: &str = "can't be used";

/// What is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Every setting as it stands.
    pub survey: &'a Survey,
    /// What can't be used, in sentences.
    pub mistakes: &'a [String],
    /// The flag or variable that names the settings file; none: it is the usual one.
    pub named_by: Option<&'static str>,
    /// The sandbox was asked for.
    pub is_told_sandbox: bool,
    /// Name of the log file in the data folder.
    pub log_file: &'static str,
}

/// Prints the sample.
///
/// # Errors
/// stdout can't be written for another reason than a closed pipe.
pub fn sample(out: Out) -> anyhow::Result<Exit> {
    quietly(out.say(SAMPLE.trim_end()), Exit::Done)
}

/// Prints where the settings file is, or belongs.
///
/// # Errors
/// As [`sample`].
pub fn path(shown: &Shown<'_>, out: Out) -> anyhow::Result<Exit> {
    let said = out.say(&shown.survey.file.to_string_lossy());
    if !shown.survey.has_file {
        out.note("There is no such file yet. Start one with: backup365 settings --sample");
    }
    quietly(said, Exit::Done)
}

/// Prints everything for people.
///
/// # Errors
/// As [`sample`].
pub fn table(shown: &Shown<'_>, out: Out) -> anyhow::Result<Exit> {
    let said = print(shown, out);
    told(shown, out);
    quietly(said, exit(shown))
}

/// Prints everything as one object.
///
/// # Errors
/// As [`sample`].
pub fn json(shown: &Shown<'_>, out: Out) -> anyhow::Result<Exit> {
    let said = out.json(&object(shown));
    told(shown, out);
    quietly(said, exit(shown))
}

/// What is wrong or looks so, to stderr.
fn told(shown: &Shown<'_>, out: Out) {
    for (name, near) in &shown.survey.strays {
        out.note(&format!("The environment variable {name} is no setting. Did you mean {near}?"));
    }
    for mistake in shown.mistakes {
        warn(&format!("backup365: {mistake}"));
    }
}

/// How it ends.
const fn exit(shown: &Shown<'_>) -> Exit {
    if shown.mistakes.is_empty() { Exit::Done } else { Exit::Usage }
}

/// The lines for people.
fn print(shown: &Shown<'_>, out: Out) -> io::Result<()> {
    for (name, words) in places(shown) {
        out.say(&format!("{name:<16} {words}"))?;
    }
    out.say("")?;
    let rows: Vec<Vec<_>> = shown.survey.rows.iter().map(rows).collect();
    let widest = |rows: &mut dyn Iterator<Item = &String>| rows.map(|words| words.width()).max().unwrap_or(0);
    let first = widest(&mut rows.iter().flatten().map(|[name, ..]| name));
    let usual = rows.iter().flatten().map(|[_, value, _]| value).filter(|value| value.width() <= WIDEST);
    let second = widest(&mut usual.into_iter());
    for rows in &rows {
        let second = second.max(widest(&mut rows.iter().map(|[_, value, _]| value)));
        for [name, value, source] in rows {
            let line = format!("{}  {}  {source}", padded(name, first), padded(value, second));
            out.say(line.trim_end())?;
        }
    }
    Ok(())
}

/// Fills up to a number of columns.
fn padded(words: &str, columns: usize) -> String {
    format!("{words}{}", " ".repeat(columns.saturating_sub(words.width())))
}

/// Files and folders, each with its name.
fn places(shown: &Shown<'_>) -> Vec<(&'static str, Text)> {
    let survey = shown.survey;
    let file = survey.file.display();
    let by = shown.named_by.map(|by| format!(", named by {by}")).unwrap_or_default();
    let there = if survey.has_file { "" } else { " (not there)" };
    let mut places = vec![("Settings file", Text::of(format_args!("{file}{there}{by}")))];
    let Some(settings) = &survey.settings else {
        places.push(("World", Text::from("none before the mistakes are mended")));
        return places;
    };
    let is_sandbox = is_sandbox(shown);
    let world = match (shown.is_told_sandbox, &settings.app) {
        (true, _) => "the sandbox, as --sandbox says",
        (false, None) => "the sandbox: no setting names your application at Microsoft",
        (false, Some(_)) => "Microsoft",
    };
    let log = settings.data_of(is_sandbox).join(shown.log_file);
    let place = |path: std::path::PathBuf| Text::of(format_args!("{}", path.display()));
    places.extend([
        ("World", Text::from(world)),
        ("Record", Text::clean(&settings.record_in_words(is_sandbox))),
        ("Log", place(log)),
        ("Key file", place(settings.identity_of(is_sandbox))),
    ]);
    places
}

/// Whether the wizard would open in the sandbox.
fn is_sandbox(shown: &Shown<'_>) -> bool {
    shown.is_told_sandbox || shown.survey.settings.as_ref().is_none_or(|settings| settings.app.is_none())
}

/// Name, value and source of a setting; a list has a row for each value.
fn rows(row: &Row) -> Vec<[String; 3]> {
    let name = row.setting.spec().name.to_owned();
    if let Some(origin) = row.unusable {
        return vec![[name, UNUSABLE.to_owned(), source(origin)]];
    }
    if row.values.is_empty() {
        return vec![[name, NOT_SET.to_owned(), String::new()]];
    }
    let names = std::iter::once(name).chain(std::iter::repeat(String::new()));
    let values = row.values.iter().zip(names);
    values.map(|((value, origin), name)| [name, Text::clean(value).to_string(), source(*origin)]).collect()
}

/// Where a value came from, for people.
fn source(origin: Origin) -> String {
    match origin {
        Origin::Default => "default".into(),
        Origin::File { line } => format!("file, line {line}"),
        Origin::Environment(name) | Origin::Flag(name) => name.into(),
    }
}

/// The object of `--json`; its schema is `assets/json/settings.schema.json`.
fn object(shown: &Shown<'_>) -> Value {
    let survey = shown.survey;
    let settings = survey.settings.as_ref();
    let path = |path: &std::path::Path| json!(path.to_string_lossy());
    let is_sandbox = is_sandbox(shown);
    let rows: Vec<Value> = survey
        .rows
        .iter()
        .map(|row| {
            let values = row.values.iter().map(|(value, origin)| {
                json!({ "value": Text::clean(value).as_str(), "source": source_object(*origin) })
            });
            let spec = row.setting.spec();
            json!({
                "key": spec.name,
                "values": values.collect::<Vec<_>>(),
                "unusable": row.unusable.map(source_object),
                "default": row.setting.default(),
                "variable": spec.variable,
                "flag": spec.flag,
                "about": spec.about,
            })
        })
        .collect();
    json!({
        "version": 1,
        "kind": "settings",
        "file": {
            "path": path(&survey.file),
            "is_there": survey.has_file,
            "named_by": shown.named_by,
        },
        "settings": rows,
        "places": settings.map(|settings| json!({
            "is_sandbox": is_sandbox,
            "config": path(&settings.config),
            "data": path(&settings.data_of(is_sandbox)),
            "record": settings.record_in_words(is_sandbox),
            "log": path(&settings.data_of(is_sandbox).join(shown.log_file)),
            "key_file": path(&settings.identity_of(is_sandbox)),
        })),
        "mistakes": shown.mistakes.iter().map(|words| Text::clean(words).to_string()).collect::<Vec<_>>(),
        "strays": survey.strays.iter().map(|(name, near)| {
            json!({ "variable": Text::clean(name).as_str(), "nearest": near })
        }).collect::<Vec<_>>(),
    })
}

/// Where a value came from, for programs.
fn source_object(origin: Origin) -> Value {
    match origin {
        Origin::Default => json!({ "kind": "default" }),
        Origin::File { line } => json!({ "kind": "file", "line": line }),
        Origin::Environment(name) => json!({ "kind": "environment", "name": name }),
        Origin::Flag(name) => json!({ "kind": "flag", "name": name }),
    }
}
