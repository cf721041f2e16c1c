//! What the users screen shows: the list with its counts, keys with theirs, one line of state, and the card.

use crate::{
    domain::{
        bill::{counted, grouped},
        protection::State,
        text::{Text, mixes_alphabets},
        time::in_words,
    },
    wizard::{
        Look,
        event::Action,
        part::wait,
        roster::Roster,
        screen::Scene,
        view::{Block, Card, Chord, Focus, Key, Layout, Notice, Panel, Rows, RowsView, Tone, label},
    },
};

use super::{Above, Sheet, Users, auto, key};

/// The screen, and the panel above it.
pub(super) fn view<'a>(users: &'a Users, look: Look<'a>) -> Scene<'a> {
    let above = sheet(users, look).map(|sheet| if users.has_left_field { left(sheet) } else { sheet });
    let panel = list(users, look, above.is_none());
    let has_rule = look.session.roster.people().rule().is_some();
    let countdown = has_rule.then(|| auto::next_minute(look.now));
    let arriving = look.session.roster.arriving_since().map(|since| wait::next_change(since, look.now));
    let ticking = arriving.into_iter().chain(countdown).min();
    match above {
        Some(sheet) => Scene {
            panel,
            overlay: Some(sheet.panel),
            notice: None,
            keys: sheet.keys,
            focus: sheet.focus,
            next_change: sheet.next_change.into_iter().chain(ticking).min(),
        },
        None => Scene {
            panel,
            overlay: None,
            notice: notice(users, look),
            keys: if users.is_typing { field_keys() } else { keys(users, look) },
            focus: if users.is_typing { Focus::Field } else { Focus::Rows },
            next_change: ticking,
        },
    }
}

/// The panel above the list.
fn sheet<'a>(users: &'a Users, look: Look<'a>) -> Option<Sheet<'a>> {
    users.above.as_ref().map(|above| match above {
        Above::Kinds(kinds) => kinds.view(look),
        Above::Review(review) => review.view(look),
        Above::Apply(apply) => apply.view(look.now),
        Above::Auto(auto) => auto.view(look),
        Above::Off(off) => off.view(look),
        Above::Unapplied => unapplied(look),
    })
}

/// Whether the panel above the list types into a field, as long as that is not left.
pub(super) fn has_field(users: &Users, look: Look<'_>) -> bool {
    sheet(users, look).is_some_and(|sheet| sheet.focus == Focus::Field)
}

/// The panel whose field was left: letters are commands.
fn left(mut sheet: Sheet<'_>) -> Sheet<'_> {
    if sheet.focus != Focus::Field {
        return sheet;
    }
    for block in &mut sheet.panel.blocks {
        if let Block::Field(field) = block {
            field.is_focused = false;
        }
    }
    let keys = vec![
        key(Chord::Enter, Action::Submit, "to the field", "Back into the field."),
        key(Chord::Char('/'), Action::Search, "field", "Back into the field, too."),
    ];
    Sheet { focus: Focus::Reading, keys, ..sheet }
}

fn list<'a>(users: &'a Users, look: Look<'a>, is_front: bool) -> Panel<'a> {
    let roster = &look.session.roster;
    let mut blocks: Vec<Block<'a>> = roster.notes().iter().map(|note| Block::Para(note.clone())).collect();
    if let Some(failure) = roster.failure() {
        blocks.push(Block::Failure(failure.clone()));
    }
    if let Some(rule) = roster.people().rule() {
        blocks
            .push(Block::Para(Text::of(format_args!("Enable Auto is on. Next sweep: {}.", auto::due(look)))));
        if let Some(attention) = &rule.attention {
            blocks.push(Block::Strong(attention.clone()));
        }
    }
    let problem = roster.filter_problem().map(Text::from);
    let hint = "Words of name, address or department; kind:shared, state:off, licence:E3";
    let has_search = users.is_typing || !users.search.is_empty();
    blocks.push(Block::Rows(RowsView {
        layout: Layout::Users,
        rows: roster,
        cursor: roster.cursor(),
        anchor: roster.anchor(),
        is_searching: roster.is_searching(),
        counts: counts(roster),
        search: has_search.then(|| users.search.view("Filter", hint, problem, is_front && users.is_typing)),
        empty: empty(roster),
        is_focused: is_front && !users.is_typing,
    }));
    Panel { heading: Text::from("Which users shall be protected?"), blocks }
}

/// The counts, most important first.
fn counts(roster: &Roster) -> Text {
    let counts = roster.counts();
    let people = roster.people();
    if !people.is_known() {
        // Nothing that depends on who is on: it would be wrong for a moment.
        return Text::of(format_args!(
            "listed {}{} · {}",
            grouped(counts.listed),
            if roster.is_arriving() { " so far" } else { "" },
            if roster.failure().is_some() { "who is on is not known" } else { "reading who is on" },
        ));
    }
    let before = people.seats_before();
    let after = grouped(before.saturating_add(counts.ticked));
    let only = |is_said: bool, words: String| if is_said { words } else { String::new() };
    let outside = only(roster.outside() > 0, format!(" ({} outside the filter)", grouped(roster.outside())));
    let limit = people.limit().map_or_else(String::new, |limit| format!(" of {}", grouped(limit)));
    let rows = u32::try_from(Rows::len(roster)).unwrap_or(u32::MAX);
    Text::of(format_args!(
        "ticked {}{outside} · seats {} → {after}{limit}{} · listed {}{} · eligible {} · excluded {} · protected {}",
        grouped(counts.ticked),
        grouped(before),
        only(roster.is_filtered(), format!(" · shown {}", grouped(rows))),
        grouped(counts.listed),
        only(roster.is_arriving(), " so far".into()),
        grouped(counts.eligible),
        grouped(counts.excluded),
        grouped(counts.protected)
    ))
}

/// Why there is no row.
fn empty(roster: &Roster) -> Text {
    Text::from(if roster.is_filtered() && roster.is_searching() {
        "Searching."
    } else if roster.is_filtered() {
        "No user matches the filter."
    } else if roster.is_arriving() {
        "Waiting for the first users."
    } else if roster.failure().is_some() {
        "No user came. Press r to list again."
    } else {
        "The organisation has no users."
    })
}

/// Why something that acts on states has to wait: nobody knows yet who is on.
pub(super) fn unread(roster: &Roster) -> Text {
    let reading = || Text::from("Reading what is on record. One moment.");
    roster.failure().map_or_else(reading, crate::domain::failure::Failure::in_words)
}

/// Why the row under the cursor can't be ticked.
pub(super) fn why_closed(roster: &Roster) -> Option<Text> {
    let (row, user) = roster.under_cursor()?;
    let people = roster.people();
    if people.eligible().has(row) {
        return None;
    }
    let kind = people.kind(row);
    Some(match people.state(row) {
        _ if !people.is_known() => unread(roster),
        _ if people.on().has(row) => Text::from("On already. Apply turns nobody off."),
        State::Excluded => Text::from("Excluded. Press x to lift the exclusion."),
        State::Problem => user.problem.to_text(),
        _ if crate::domain::user::Kind::INCLUDABLE.contains(&kind) => {
            Text::of(format_args!("{} are not included. Press k to include them.", capital(kind.plural())))
        }
        _ => Text::of(format_args!("{} can't be protected.", capital(kind.plural()))),
    })
}

/// All of the row under the cursor: columns may have cut it. What a stand-in stands for is not known any more: raw words
/// are kept for ids and addresses only (product.md section 9, *Records and words*).
pub(super) fn details(roster: &Roster) -> Option<Text> {
    let (row, user) = roster.under_cursor()?;
    let people = roster.people();
    let rest = [user.department, user.licences].into_iter().filter(|words| !words.is_empty());
    let rest = rest.fold(String::new(), |rest, words| rest + " · " + words.as_str());
    let kind = people.kind(row).word();
    let state = if people.is_known() { people.state(row).word() } else { "not known yet" };
    Some(Text::of(format_args!("{} · {} · {kind}, {state}{rest} · id {}", user.address, user.name, user.id)))
}

/// A sentence begins with a capital.
fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn notice(users: &Users, look: Look<'_>) -> Option<Notice> {
    let roster = &look.session.roster;
    let say = |tone, words: Text| Some(Notice { tone, words });
    if look.session.record.as_ref().is_some_and(|record| record.is_read_only) {
        return say(
            Tone::Warn,
            Text::from("Another process holds this run: you can look, but change nothing."),
        );
    }
    if users.is_finishing || users.excluding.is_some() {
        return say(Tone::Busy, Text::from("Saving."));
    }
    if roster.is_searching() {
        return say(Tone::Busy, Text::from("Searching."));
    }
    if let Some((row, user)) = roster.under_cursor().filter(|_| !users.is_typing) {
        let people = roster.people();
        if !user.problem.is_empty() && !people.on().has(row) {
            return say(Tone::Warn, user.problem.to_text());
        }
        if mixes_alphabets(user.name.as_str()) || mixes_alphabets(user.address.as_str()) {
            let words =
                "A word of this row mixes letters of two alphabets: it may pass itself off as another one.";
            return say(Tone::Warn, Text::from(words));
        }
        if let Some(left) = people.left(row) {
            let who =
                if look.setup.operator.is_admin { "o turns it off" } else { "an Admin can turn it off" };
            return say(Tone::Plain, Text::of(format_args!("The seat is kept: {left}; {who}.")));
        }
    }
    if roster.is_arriving() {
        return say(Tone::Busy, listing(look));
    }
    if roster.people().is_all() {
        return say(Tone::Plain, Text::from("All is on. Enter shows what will be turned on."));
    }
    None
}

/// How far the listing is, with its clock (rule 7).
pub(super) fn listing(look: Look<'_>) -> Text {
    let roster = &look.session.roster;
    let wait::Kind { what, usual, worst } = wait::LISTING;
    let listed = counted(roster.counts().listed, "user", "users");
    let elapsed = in_words(look.now.since(roster.arriving_since().unwrap_or(look.now)));
    Text::of(format_args!("{what}: {listed} so far, {elapsed}. Usually {usual}, at worst {worst}."))
}

fn field_keys() -> Vec<Key> {
    vec![
        key(Chord::Enter, Action::Submit, "to the rows", "Leaves the field; the filter stays."),
        key(Chord::Esc, Action::Back, "clear", "Clears the filter; in an empty field: back to the rows."),
    ]
}

fn keys(users: &Users, look: Look<'_>) -> Vec<Key> {
    let roster = &look.session.roster;
    let counts = roster.counts();
    let with = |key: Key, count: u32| Key { count: Some(count), ..key };
    let mut keys = Vec::new();
    if !look.session.record.as_ref().is_some_and(|record| record.is_read_only) {
        keys.push(key(Chord::Space, Action::Tick, "tick", "Ticks or unticks the row, or the range."));
        // Without its count, which stands above the rows: each tick would change the line of keys too.
        keys.push(key(
            Chord::Enter,
            Action::Review,
            "review",
            "Shows what will be turned on and billed, then applies it.",
        ));
        if roster.failure().is_none() {
            let label = if roster.is_complete() { "All" } else { "All so far" };
            let help = "Ticks every user that may be protected, once, whatever the filter shows.";
            keys.push(with(key(Chord::Char('a'), Action::All, label, help), counts.eligible));
        }
        if roster.is_filtered() {
            let help = "Ticks the users that the filter shows, and no others.";
            keys.push(with(key(Chord::Char('t'), Action::These, "These", help), roster.these()));
        }
        let auto = if roster.people().rule().is_some() { label::UNDO_AUTO } else { "Enable Auto" };
        let help = "A standing rule: everyone is turned on at the next 20:00 in Sydney, and later users too.";
        keys.push(key(Chord::Char('u'), Action::Auto, auto, help));
        let clear = if counts.ticked == 0 && users.cleared.is_some() { "undo clear" } else { "clear" };
        let help = "Unticks what is shown. With nothing ticked: brings the ticks back.";
        keys.push(key(Chord::Char('c'), Action::Clear, clear, help));
        keys.push(key(Chord::Char('i'), Action::Invert, "invert", "Turns the ticks of what is shown round."));
        let help = "Excludes the row or the range from All and Enable Auto, or lifts the exclusion.";
        keys.push(key(Chord::Char('x'), Action::Exclude, "exclude", help));
        keys.push(key(Chord::Char('k'), Action::Kinds, "kinds", "Chooses which kinds are included."));
    }
    keys.push(key(Chord::Char('/'), Action::Search, "filter", "Types into the filter."));
    keys.push(key(Chord::Char('v'), Action::Range, "range", "Starts a range at this row, or ends it."));
    if roster.is_complete() {
        keys.push(key(
            Chord::Char('z'),
            Action::Sort,
            "sort",
            "Sorts by name, or back to the order of arrival.",
        ));
    }
    keys.push(key(
        Chord::Char('d'),
        Action::Details,
        "details",
        "Says all of the row: columns may have cut it.",
    ));
    keys.push(key(Chord::Char('r'), Action::Refresh, "list again", "Lists the users again from the start."));
    if !look.session.record.as_ref().is_some_and(|record| record.is_read_only) {
        if look.setup.operator.is_admin {
            let help = "Turns protection off for the row or the range. Asks first.";
            keys.push(key(Chord::Char('o'), Action::TurnOff, "turn off", help));
        }
        keys.push(key(Chord::Char('f'), Action::Finish, "finish", "Finishes the run and shows its outcome."));
    }
    keys
}

/// Ticked users have not been turned on: finish all the same?
fn unapplied(look: Look<'_>) -> Sheet<'_> {
    let ticked = look.session.roster.counts().ticked;
    let is_one = ticked == 1;
    let words = Text::clean(&format!(
        "{} ticked and {} not been turned on. Finishing now makes the outcome partly done.",
        if is_one { "1 user is".into() } else { format!("{} users are", grouped(ticked)) },
        if is_one { "has" } else { "have" },
    ));
    Sheet {
        panel: Panel {
            heading: Text::from("Finish without turning them on?"),
            blocks: vec![Block::Strong(words)],
        },
        keys: vec![
            key(Chord::Enter, Action::Finish, "finish", "Finishes all the same."),
            key(Chord::Esc, Action::Back, "back", "Back to the list; Enter there turns them on."),
        ],
        focus: Focus::Reading,
        next_change: None,
    }
}

/// What to say to the customer.
pub(super) fn card(users: &Users, look: Look<'_>) -> Card {
    let roster = &look.session.roster;
    let say = if matches!(users.above, Some(Above::Apply(_))) {
        Text::from("Your users are being registered for backup now. Nothing changes for them.")
    } else if roster.is_arriving() {
        Text::from("Your users are being listed now. Who shall be backed up: everyone, or only some?")
    } else if roster.people().rule().is_some() {
        Text::of(format_args!(
            "New users are backed up by themselves from the first 20:00 in Sydney after they are made. Next: {}.",
            auto::due(look)
        ))
    } else {
        Text::from(
            "Who shall be backed up: everyone, only some, or everyone and also each new user from the evening on?",
        )
    };
    Card {
        say,
        sees: Text::from("Nothing: the customer has nothing to do or to look at now."),
        wrong: vec![
            (
                Text::from("Somebody is missing in the list"),
                Text::from("New users need some minutes until Microsoft lists them. I'll list them again."),
            ),
            (
                Text::from("“Why is the reception not included?”"),
                Text::from(
                    "Shared mailboxes and rooms are left off unless you ask for them. Shall I include them?",
                ),
            ),
            (
                Text::from("“Is it running now?”"),
                Text::from("Users who are on are registered for backup. The first backup follows by itself."),
            ),
        ],
    }
}
