//! What the users screen shows: the list with its counts, what can be done, and one line of state.

use crate::{
    domain::{
        bill::{Bill, StaysOff, counted, grouped},
        phrase::{Correction, Phrase, WayOn, phrase},
        run::RunRecord,
        text::Text,
        verdict::{ListNote, without_advice},
    },
    wizard::{
        answer::{Action, FieldId},
        ask::{QuestionId, SelectAsked, Shape},
        context::ViewCx,
        part::{field::Field, sweep, wait},
        roster::{Roster, Ticks},
        screen::Scene,
        view::{Block, Column, Fact, FactId, Notice, Offer, Rows, RowsView, Tone},
        words,
    },
};

use super::Users;

/// The columns, most important first.
const COLUMNS: &[Column] = &[Column::Name, Column::Address, Column::State, Column::Kind, Column::Department];

/// The list, with what can be done to its users.
pub(super) fn list<'a>(users: &'a Users, cx: ViewCx<'a>) -> Scene<'a> {
    let roster = &cx.session.roster;
    let has_failed = roster.failure().is_some();
    let is_short = roster.failure().is_some_and(|failure| failure.acceptable().is_some());
    let is_saving = users.excluding.is_out() || users.is_finishing;
    let is_read_only = cx.session.is_read_only();
    let counts = roster.counts();
    let asked = SelectAsked {
        all: (!has_failed).then_some(counts.eligible),
        is_arriving: roster.is_arriving(),
        checking: roster.checking(),
        these: roster.list.is_filtered().then_some(counts.these),
        may_mark: !is_read_only,
        may_turn_off: !is_read_only && cx.setup.operator.is_admin,
    };
    let countdown = roster.people.facts().rule.is_some().then(|| sweep::next_minute(cx.now));
    let saving = users.excluding.clock().map(|clock| clock.next_change(cx.now));
    let arriving = roster.arriving_since().map(|since| wait::next_change(since, cx.now));
    let heading = "Which users shall be protected?";
    Scene {
        is_waiting: is_saving || roster.is_searching() || (!roster.is_whole() && !has_failed),
        notice: notice(users, cx),
        offers: offers(users, cx),
        next_change: [arriving, countdown, saving].into_iter().flatten().min(),
        ..Scene::new(QuestionId::Users, Shape::Select(asked), heading, blocks(&users.filter, cx))
    }
    .offer_if(!is_read_only && kinds_untold(cx).is_none(), Action::Kinds)
    .offer_if(roster.is_complete(), Action::Sort)
    .offer_if(roster.filter_offer().is_some(), Action::Narrow)
    .offer_if(!is_read_only && cx.setup.operator.is_admin && is_short, Action::AcceptShorter)
    .offer(Action::Refresh)
}

fn blocks<'a>(filter: &'a Field, cx: ViewCx<'a>) -> Vec<Block<'a>> {
    let roster = &cx.session.roster;
    // A list can be given where the mailboxes' source is chosen.
    let is_searched = cx.session.record.as_ref().is_some_and(|r| r.product.is_hosted() && !r.lists_given());
    let last_gap = roster.notes().iter().rposition(ListNote::is_gap).filter(|_| is_searched);
    let note = |(at, note): (usize, &ListNote)| {
        let words = Phrase::from(Text::clean(without_advice(note.words())));
        Block::Para(match last_gap {
            Some(gap) if gap == at => words.then(WayOn::Back("step by step: a list can be pasted at Access")),
            _ => words,
        })
    };
    let mut blocks: Vec<Block<'a>> = roster.notes().iter().enumerate().map(note).collect();
    blocks.extend(cx.session.must_accept().map(|why| {
        let words = Phrase::from(format_args!("The customer must accept again: {why}."));
        Block::Strong(Tone::Bad, words.then(phrase![WayOn::Back("to the link")]))
    }));
    blocks.extend(roster.failure().cloned().map(Block::Failure));
    if let Some(rule) = roster.people.facts().rule.as_ref() {
        let standstill = roster.people.schedule().and_then(|schedule| schedule.standstill);
        let next = match standstill {
            None => phrase!["next sweep due ", sweep::due(cx)],
            Some(why) => why.briefly(),
        };
        let next = fixed_list(cx).map_or(next.clone(), |words| next.with(". ").with(words));
        blocks.push(Block::Facts(vec![Fact::new(FactId::NextSweep, "Enable Auto is on", next)]));
        blocks.extend(rule.attention.clone().map(|why| Block::Strong(Tone::Warn, why.into())));
    }
    blocks.extend(kinds_untold(cx).map(|words| Block::Para(phrase![words, " ", WayOn::Exclude])));
    let problem = roster.list.problem().map(Phrase::from);
    let hint = "Words of name, address or department; kind:shared, state:off, licence:E3. Words of two join by a hyphen.";
    blocks.push(Block::Rows(RowsView {
        counts: counts(roster),
        sorted_by: roster.list.is_by_name().then_some(Column::Name),
        search: Some(filter.view(FieldId::Filter, "Filter", hint, problem)),
        is_searching: roster.is_searching(),
        domain: roster.shared_domain().cloned(),
        ..RowsView::new(COLUMNS, roster, empty(roster))
    }));
    blocks
}

/// The counts, most important first.
fn counts(roster: &Roster) -> Vec<Phrase> {
    let counts = roster.counts();
    let people = &roster.people;
    let so_far = if roster.is_arriving() { " so far" } else { "" };
    let listed = phrase!["listed ", counts.listed, so_far];
    if !people.is_known() {
        // Nothing that depends on who is on: it would be wrong for a moment.
        let reading = if roster.failure().is_some() {
            "who is protected is not known"
        } else {
            "reading who is protected"
        };
        return vec![listed, reading.into()];
    }
    let before = people.seats_before();
    let after = before.saturating_add(counts.ticked);
    let mut seats = phrase!["seats ", before, " → ", after];
    if let Some(limit) = people.facts().limit {
        // Its colour alone would be missed.
        seats = seats.with(phrase![" of ", limit]).with(if after > limit { "!" } else { "" });
    }
    let mut ticked = phrase!["ticked ", counts.ticked];
    if counts.outside > 0 {
        ticked = ticked.with(phrase![" (", counts.outside, " outside the filter)"]);
    }
    let rows = u32::try_from(Rows::len(roster)).unwrap_or(u32::MAX);
    let shown = roster.list.is_filtered().then(|| phrase!["shown ", rows]);
    let excluded = phrase!["excluded ", counts.excluded];
    // Where there is no room for all: that somebody is left out on purpose is to be seen, that nobody is may be missed.
    let (first, last) = if counts.excluded > 0 { (Some(excluded), None) } else { (None, Some(excluded)) };
    let mut all = vec![ticked, seats];
    all.extend(first);
    all.extend(shown);
    all.extend([listed, phrase!["eligible ", counts.eligible]]);
    let is_unchecked = counts.unchecked > 0 && !roster.is_arriving();
    all.extend(is_unchecked.then(|| phrase!["not checked yet ", counts.unchecked]));
    all.extend(last);
    all.push(phrase!["protected ", counts.protected]);
    all
}

/// Why there is no row.
fn empty(roster: &Roster) -> Phrase {
    if roster.list.is_filtered() && roster.is_searching() {
        "Searching.".into()
    } else if roster.list.is_filtered() {
        phrase!["No user matches the filter. ", WayOn::ClearFilter]
    } else if roster.is_arriving() {
        "Waiting for the first users.".into()
    } else if roster.failure().is_some() {
        phrase!["No user came. ", WayOn::Again("list again")]
    } else {
        "The organisation has no users.".into()
    }
}

/// The line of state: a word of the filter that could mean more comes before what is awaited, for it was just typed.
fn notice(users: &Users, cx: ViewCx<'_>) -> Option<Notice> {
    let state = state(users, cx);
    let Some((offer, count)) = cx.session.roster.filter_offer() else { return state };
    let words = phrase![Text::clean(&offer.term), ": ", count, ". ", WayOn::Narrow];
    let state = state.unwrap_or_else(|| Notice::new(Tone::Plain, Phrase::default()));
    Some(Notice::new(state.tone, words.then(state.words)))
}

fn state(users: &Users, cx: ViewCx<'_>) -> Option<Notice> {
    let roster = &cx.session.roster;
    let busy = |words: Phrase| Notice::new(Tone::Busy, words);
    Some(match (users.excluding.clock(), roster.checking()) {
        (Some(clock), _) => clock.notice(cx.now),
        _ if users.is_finishing => busy("Saving.".into()),
        _ if roster.is_searching() => busy("Searching.".into()),
        _ if roster.is_arriving() => busy(listing(cx)),
        (None, Some(unchecked)) => busy(checking(cx, unchecked)),
        _ if roster.people.is_all() => Notice::new(Tone::Plain, all_ticked(roster).then(WayOn::Review)),
        (None, None) => return None,
    })
}

/// How far the listing is, with its clock (rule 7).
pub(super) fn listing(cx: ViewCx<'_>) -> Phrase {
    let listed = counted(cx.session.roster.counts().listed, "user", "users");
    clock(wait::LISTING, cx).words(&format!("{listed} so far, "), cx.now)
}

/// How far the checks are, with their clock.
fn checking(cx: ViewCx<'_>, unchecked: u32) -> Phrase {
    let left = grouped(unchecked);
    clock(wait::CHECKING, cx).words(&format!("{left} not checked yet, "), cx.now)
}

/// The clock of the list and its checks.
fn clock(kind: wait::Kind, cx: ViewCx<'_>) -> wait::Clock {
    wait::Clock::new(kind, cx.session.roster.arriving_since().unwrap_or(cx.now))
}

/// Who is ticked while everyone is meant to be, a sentence.
pub(super) fn all_ticked(roster: &Roster) -> Phrase {
    let counts = roster.counts();
    match (roster.is_arriving(), counts.ticked == counts.eligible) {
        (true, _) => "All: users are ticked as they come.".into(),
        (false, true) => phrase!["All ", counts.ticked, " are ticked."],
        (false, false) => {
            let are = if counts.ticked == 1 { " is ticked." } else { " are ticked." };
            phrase![counts.ticked, " of ", counts.eligible, are]
        }
    }
}

/// How seats that are missing come on record, and that the run can wait for them; not where it is finished.
pub(super) fn order_seats(cx: ViewCx<'_>, bill: &Bill, missing: u32) -> Phrase {
    let Some(record) = &cx.session.record else { return Phrase::default() };
    let bought = bill.limit.unwrap_or(0).max(bill.seats_before).saturating_add(missing);
    let enters = cx.setup.operator.corrects(&record.customer.reference, Correction::Seats(bought));
    let order = phrase!["Order ", format_args!("{}", counted(missing, "seat", "seats")), "; then "];
    let words = order.with(enters).with(" Then list the users again.");
    if record.finished.is_none() && !record.is_read_only {
        words.then(WayOn::Park("until then"))
    } else {
        words
    }
}

/// What a hoster's server does not tell.
pub(super) fn kinds_untold(cx: ViewCx<'_>) -> Option<&'static str> {
    const WORDS: &str = "This server does not tell shared mailboxes and rooms from people.";
    cx.session.record.as_ref().is_some_and(|record| record.product.is_hosted()).then_some(WORDS)
}

/// Whom Enable Auto leaves out on a list that an operator gave.
pub(super) fn fixed_list(cx: ViewCx<'_>) -> Option<&'static str> {
    const WORDS: &str = "Only the mailboxes on the pasted list. New ones must be added to it.";
    cx.session.record.as_ref().is_some_and(RunRecord::lists_given).then_some(WORDS)
}

/// Who is turned on, by name.
pub(super) fn turned_on<'a>(roster: &Roster, bill: &Bill, rows: &Ticks) -> Option<Block<'a>> {
    let users = rows.rows().filter_map(|row| roster.people.user(row));
    let users = users.map(|user| (user.name.to_text(), user.address.to_text()));
    let names = words::first_named(bill.billed(), users)?;
    Some(Block::Facts(vec![Fact::other("Turned on", names)]))
}

/// That rows with a problem make the run partly done, where everybody was meant.
pub(super) fn problems<'a>(bill: &Bill, cx: ViewCx<'_>) -> Option<Block<'a>> {
    let count = bill.staying_off(StaysOff::Problem);
    let wants_all =
        cx.session.roster.people.is_all() || cx.session.record.as_ref().is_some_and(RunRecord::lists_given);
    let mailboxes = counted(count, "mailbox has", "mailboxes have");
    let words = format_args!("{mailboxes} a problem and can't be turned on: the run will be partly done.");
    (wants_all && count > 0 && bill.billed() > 0).then(|| Block::Strong(Tone::Warn, words.into()))
}

/// Who of a bill stays off because they are excluded, by name.
pub(super) fn excluded<'a>(roster: &Roster, bill: &Bill) -> Option<Block<'a>> {
    let people = &roster.people;
    let count = bill.staying_off(StaysOff::Excluded);
    let rows = people.excluded().rows().filter(|row| people.live().has(*row) && !people.on().has(*row));
    words::excluded(count, rows.filter_map(|row| people.user(row)).map(|user| user.name.to_text()))
}

/// What changes its words with what is ticked and with the rule.
fn offers(users: &Users, cx: ViewCx<'_>) -> Vec<Offer> {
    if cx.session.is_read_only() {
        return Vec::new();
    }
    let roster = &cx.session.roster;
    let ticked = roster.counts().ticked;
    let review = if ticked > 0 || roster.people.is_all() {
        Offer::new(Action::Review, "review", "Shows what will be turned on and billed, then applies it.")
    } else {
        let help = "Nobody is ticked: asks whether to finish the run without turning anybody on.";
        Offer::new(Action::Review, "finish", help)
    };
    let auto = if roster.people.facts().rule.is_some() {
        Offer::new(Action::Auto, "Auto off", "Switches Enable Auto off. Asks first.")
    } else {
        let help = "Enable Auto: turns everyone on at the next 20:00 in Sydney, and users who are made later too. Shows the bill first.";
        Offer::new(Action::Auto, "Auto", help)
    };
    let clear = match (ticked, &users.cleared) {
        (0, Some(_)) => Offer::new(Action::Clear, "ticks back", "Brings the ticks back that were cleared."),
        _ => Offer::new(
            Action::Clear,
            "clear",
            "Unticks everyone who is shown; once more, it brings the ticks back.",
        ),
    };
    vec![review.by_default(), auto, clear]
}

/// Mailboxes that are still being checked, a sentence.
pub(super) fn still_checked(count: u32) -> Text {
    let mailboxes = counted(count, "mailbox is", "mailboxes are");
    Text::of(format_args!("{mailboxes} still being checked."))
}

/// The bill of everybody waits for the checks, unless the operator does not.
pub(super) fn unchecked(cx: ViewCx<'_>, count: u32) -> Scene<'_> {
    let words = "Wait, and they are counted in: the table comes by itself. Go on now, and they stay off.";
    let blocks = vec![Block::Strong(Tone::Warn, words.into()), Block::Para(checking(cx, count))];
    Scene::confirm(QuestionId::Unchecked, false, still_checked(count), blocks).offer(Action::Back)
}

/// What is awaited before a bill can be shown.
pub(super) fn waiting(id: QuestionId, cx: ViewCx<'_>) -> Scene<'_> {
    let roster = &cx.session.roster;
    let scene = |blocks| Scene::new(id, Shape::Read, "What will be turned on", blocks);
    if let Some(failure) = roster.failure() {
        let words = "The list did not come whole, so nobody can say what everyone would cost. List again, or tick single users.";
        let blocks = vec![Block::Failure(failure.clone()), Block::Para(words.into())];
        return scene(blocks).enter(Action::Refresh);
    }
    let blocks = if roster.is_known() {
        let words = "Waiting for the end of the list. The table comes by itself; the list goes on below.";
        vec![Block::Para(words.into()), Block::Para(listing(cx))]
    } else {
        vec![Block::Para("Reading who is protected already. The table comes by itself.".into())]
    };
    Scene { is_waiting: true, ..scene(blocks) }
}
