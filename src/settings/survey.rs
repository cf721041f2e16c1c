//! What `backup365 settings` shows: every setting with its value and where that came from, and every mistake. It reads
//! what [`Settings::load`] reads, and shows the good part where that refuses.

use std::path::PathBuf;

use crate::domain::nearest::nearest;

use super::{
    Origin, Settings, SettingsError, Sources,
    gathered::Gathered,
    table::{AnySetting, FILE_VARIABLE, SETTINGS, first, next, record},
};

/// Every setting, as it stands.
#[derive(Debug)]
pub struct Survey {
    /// The settings file: the one that was named, or the usual one.
    pub file: PathBuf,
    /// It is there.
    pub has_file: bool,
    /// Every setting of the table, in its order.
    pub rows: Vec<Row>,
    /// What can't be used, in words.
    pub mistakes: Vec<SettingsError>,
    /// Variables that look like settings and are none, each with the one that may be meant.
    pub strays: Vec<(String, &'static str)>,
    /// The merged value; none where there are mistakes.
    pub settings: Option<Settings>,
}

/// A setting with its values.
#[derive(Debug)]
pub struct Row {
    /// Which one.
    pub setting: &'static dyn AnySetting,
    /// Each value as it may be shown, and where it came from: none where it has no value, several of a list.
    pub values: Vec<(String, Origin)>,
    /// Where a value came from that can't be used; the last of several.
    pub unusable: Option<Origin>,
}

impl Survey {
    /// Looks at every source.
    #[must_use]
    pub fn of(sources: &Sources) -> Self {
        let gathered = Gathered::of(sources);
        let row = |setting: &&'static dyn AnySetting| {
            let name = setting.spec().name;
            let chosen = gathered.chosen(name);
            Row {
                setting: *setting,
                values: chosen.map(|given| (given.shown.clone(), given.origin)).collect(),
                unusable: gathered.unusable.iter().rfind(|(of, _)| *of == name).map(|(_, at)| *at),
            }
        };
        let rows: Vec<Row> = SETTINGS.iter().map(row).collect();
        let settings = gathered.mistakes.is_empty().then(|| gathered.settings());
        let strays = strays(sources, &gathered);
        let Gathered { path, has_file, mistakes, .. } = gathered;
        Self { file: path, has_file, rows, mistakes, strays, settings }
    }
}

/// Variables with our name in front that are no setting but nearly one. Others may have a meaning elsewhere, and so have
/// those that hold our secrets.
fn strays(sources: &Sources, gathered: &Gathered) -> Vec<(String, &'static str)> {
    let known = || SETTINGS.iter().map(|setting| setting.spec().variable).chain([FILE_VARIABLE]);
    let named = [&first::SECRET_ENVIRONMENT, &first::CERTIFICATE_ENVIRONMENT, &first::PASSWORD_ENVIRONMENT]
        .into_iter()
        .chain([&next::SECRET_ENVIRONMENT, &next::CERTIFICATE_ENVIRONMENT, &next::PASSWORD_ENVIRONMENT])
        .chain([&record::PASSWORD_ENVIRONMENT]);
    let secrets: Vec<_> =
        named.flat_map(|row| gathered.chosen(row.spec.name)).map(|given| given.shown.as_str()).collect();
    let mut strays: Vec<_> = sources
        .environment
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("BACKUP365_") && !known().any(|known| known == *name))
        .filter(|name| !secrets.contains(&name.as_str()))
        // Likeness is judged without the beginning that all share.
        .filter_map(|name| {
            let short = |name: &'static str| name.trim_start_matches("BACKUP365_");
            let near = nearest(name.trim_start_matches("BACKUP365_"), known().map(short))?;
            Some((name.clone(), known().find(|known| short(known) == near)?))
        })
        .collect();
    strays.sort();
    strays
}
