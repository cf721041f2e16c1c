//! Screen: how every customer's consent stands (Admin). Comes on from the customers; a row opens all about that customer,
//! with the link. Marks are made by the command, whose line is named there.

use crate::{
    domain::{
        card::{Card, CardId},
        consent::{Consents as Read, CustomerConsent, Standing, tally},
        failure::Failure,
        id::CustomerId,
        permission::PermissionSet,
        phrase::{Command, Phrase, phrase},
        speech::sentence,
        sydney::clock_in_words,
        text::{Text, capital},
        time::Moment,
    },
    wizard::{
        answer::{Action, Given, RowId},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::{
            table::{Line, Table},
            wait::{self, Wait},
        },
        pending::{self, Arrival},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Column, Fact, Handout, HandoutId, RowsView, Tone},
    },
};

/// The columns, most important first.
const COLUMNS: &[Column] = &[Column::Name, Column::State, Column::Progress, Column::Reference];

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Consents {
    read: Option<Box<Read>>,
    reading: Wait<Box<Read>>,
    table: Table,
    /// The customer that is looked at.
    chosen: Option<CustomerId>,
    failure: Option<Failure>,
}

impl Consents {
    fn load(&mut self, cx: &mut UpdateCx<'_>) {
        self.failure = None;
        self.reading.start(cx, pending::load_consents(), wait::CONSENTS);
    }

    /// Takes the rows in: those that need somebody stand on top.
    fn take(&mut self, cx: ViewCx<'_>, mut read: Box<Read>) {
        let Read { set, rows } = &mut *read;
        let is_well = |row: &CustomerConsent| row.standing(set).advice().is_none();
        rows.sort_by_key(is_well);
        self.table.set(rows.iter().map(|row| line(row, &row.standing(set), cx, set)).collect());
        self.read = Some(read);
    }

    /// The customer that is looked at, with what they are asked for.
    fn chosen(&self) -> Option<(&Read, &CustomerConsent)> {
        let read = self.read.as_deref()?;
        let row = read.rows.iter().find(|row| Some(row.customer.id) == self.chosen)?;
        Some((read, row))
    }

    fn list<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let mut blocks = Vec::new();
        blocks.extend(self.failure.clone().filter(|_| !self.reading.is_out()).map(Block::Failure));
        if let Some(Read { set, .. }) = self.read.as_deref() {
            let words = format_args!(
                "Customers are asked for the set {}, version {}. All of this is as of the last look at Microsoft.",
                set.name.word(),
                set.version()
            );
            blocks.push(Block::Para(words.into()));
        }
        let empty = match (&self.read, &self.failure) {
            (Some(_), _) => "No customer has Office 365.",
            (None, Some(_)) => "It could not be read.",
            (None, None) => "Reading how consent stands.",
        };
        let rows = RowsView::new(COLUMNS, &self.table, empty);
        blocks.push(Block::Rows(RowsView { counts: self.counts(), ..rows }));
        Scene::new(QuestionId::Consents, Shape::Pick, "How does consent stand?", blocks)
            .offer(Action::Refresh)
            .waiting_for(cx.now, [self.reading.clock()])
    }

    /// How many stand how.
    fn counts(&self) -> Vec<Phrase> {
        let Some(Read { set, rows }) = self.read.as_deref() else { return Vec::new() };
        let standings: Vec<Standing> = rows.iter().map(|row| row.standing(set)).collect();
        tally(&standings.iter().collect::<Vec<_>>()).into_iter().map(Phrase::from).collect()
    }
}

/// One row in words.
fn line(row: &CustomerConsent, standing: &Standing, cx: ViewCx<'_>, set: &PermissionSet) -> Line {
    let here = cx.setup.here.as_str();
    let far = row.progress(standing, set).map(|far| far.in_words(cx.now, here));
    let tone = match standing {
        Standing::Whole => Tone::Good,
        worse if worse.advice().is_some() => Tone::Warn,
        _ => Tone::Plain,
    };
    let trouble = row.trouble(standing, set);
    let cells = vec![
        (Column::Name, Tone::Plain, row.customer.name.clone()),
        (Column::State, tone, standing.in_words()),
        (Column::Progress, Tone::Plain, far.unwrap_or_default()),
        (Column::Reference, Tone::Plain, row.customer.reference.clone()),
    ];
    let remark = trouble
        .or_else(|| row.relationship.clone())
        .map(|why| Text::of(format_args!("{}: {}", row.customer.name, sentence(why.as_str()))).into());
    Line { remark, ..Line::new(RowId::Customer(row.customer.id), cells) }
}

/// All about one customer.
fn about<'a>(read: &Read, row: &CustomerConsent, cx: ViewCx<'a>) -> Scene<'a> {
    let (set, here) = (&read.set, cx.setup.here.as_str());
    let standing = row.standing(set);
    let at = |at| clock_in_words(at, cx.now, here);
    let mut blocks = Vec::new();
    if let Some(why) = row.trouble(&standing, set) {
        blocks.push(Block::Strong(Tone::Warn, Text::clean(&sentence(&capital(why.as_str()))).into()));
    }
    let mut facts = vec![Fact::other("Consent", standing.in_words())];
    facts.push(match &row.seen {
        Some(seen) => Fact::other("As of", at(seen.at)),
        None => Fact::other("As of", phrase!["nobody has looked yet: ", Command::StatusRefresh]),
    });
    facts.extend(row.tenant.map(|tenant| Fact::other("Tenant ID", Text::of(format_args!("{tenant}")))));
    let relationship = row.relationship.as_ref().map(|words| Text::clean(&capital(words.as_str())));
    facts.extend(relationship.map(|words| Fact::other("Relationship", words)));
    facts.extend(row.consent.proved.map(|proved| Fact::other("Accepted", at(proved))));
    if let Some(renewal) = &row.renewal {
        let by = |(moment, who): (Moment, &Text)| Text::of(format_args!("{}, {who}", at(moment)));
        let reminded = renewal.reminded.zip(renewal.reminded_by.as_ref());
        facts.push(Fact::other("Sent", by((renewal.sent, &renewal.sent_by))));
        facts.extend(reminded.map(|reminded| Fact::other("Reminded", by(reminded))));
        facts.extend(renewal.accepted.map(|moment| Fact::other("Accepted again", at(moment))));
    }
    blocks.push(Block::Facts(facts));
    let mut handouts = Vec::new();
    if let Some(tenant) = row.tenant.filter(|_| standing.must_accept() && !cx.setup.link_suffix.is_empty()) {
        let link = row.hinted(cx.setup.link(tenant));
        let reference = row.customer.reference.clone();
        blocks.push(Block::Link(link.clone()));
        blocks.push(Block::Para(phrase![
            "The text to send with it: ",
            Command::ConsentRenewOf(reference.clone())
        ]));
        blocks.push(Block::Para(phrase!["Then mark it as sent: ", Command::ConsentSent(reference)]));
        if let Standing::Lacks(rows) = &standing {
            blocks.extend(set.news_of(rows).into_iter().map(|why| Block::Para(why.into())));
        }
        let file = Text::of(format_args!("backup365-{}-link.txt", tenant.last_four()));
        handouts.push(Handout { id: HandoutId::Link, text: link.as_str().to_owned().into(), file });
    }
    let heading = Text::of(format_args!("{} · {}", row.customer.reference, row.customer.name));
    let scene = Scene::new(QuestionId::ConsentOf, Shape::Read, heading, blocks).enter(Action::Back);
    Scene { handouts, ..scene }
}

impl Screen for Consents {
    fn enter(&mut self, cx: &mut UpdateCx<'_>) {
        self.load(cx);
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.reading.cancel(cx);
    }

    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match given {
            Given::Back | Given::Do(Action::Back) if self.chosen.take().is_some() => {}
            Given::Back | Given::Do(Action::Back) => return Step::Back,
            Given::Do(Action::Refresh) if self.chosen.is_none() => self.load(cx),
            Given::Pick(RowId::Customer(id)) => self.chosen = Some(id),
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(read) = kept(&mut self.failure, self.reading.take(arrival)) {
            self.take(cx.look(), read);
        }
        Step::Stay
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        self.chosen().map_or_else(|| self.list(cx), |(read, row)| about(read, row, cx))
    }

    fn card(&self, _cx: ViewCx<'_>) -> Card {
        match self.chosen() {
            Some((read, row)) if row.standing(&read.set).must_accept() => {
                Card::of(CardId::ConsentAgain, &[("organisation", row.customer.name.as_str())])
            }
            _ => Card::of(CardId::Customers, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            consent::{Consent, Renewal, Seen, Sight},
            customer::Progress,
            permission::SetName,
        },
        wizard::{
            call::Reply,
            event::EventKind,
            tests::{Desk, customer, row, setup, withdrawn},
        },
    };

    #[test]
    fn an_admin_sees_who_must_accept_again_and_reads_all_about_one() {
        let mut desk = Desk::new(setup(), vec![row(customer(1), Progress::NotStarted, None)]);
        desk.answer().act(Action::Consents);
        assert_eq!(desk.question(), QuestionId::Consents);
        let set = PermissionSet::new(SetName::of_word("after-ews").unwrap(), &[]).unwrap();
        let at = Moment::from_millis(0);
        let new = set.rows.iter().filter(|row| set.since(row) == Some(2)).map(|row| row.value.clone());
        let old = set.rows.iter().filter(|row| set.since(row) == Some(1)).map(|row| row.value.clone());
        let renewal = Renewal {
            asked: new.collect(),
            sent: at,
            sent_by: "ann".into(),
            reminded: None,
            reminded_by: None,
            accepted: None,
        };
        let of = |number| withdrawn(&customer(number));
        let rows = vec![
            CustomerConsent {
                consent: Consent::default(),
                seen: None,
                relationship: Some("its delegated relationship ends on 20 Dec 2026, in 19 days".into()),
                ..of(1)
            },
            CustomerConsent {
                seen: Some(Seen { at, sight: Sight::Granted(old.collect()) }),
                renewal: Some(renewal),
                ..of(2)
            },
            of(3),
        ];
        let (call, _) = desk.open.remove(0);
        desk.happen(EventKind::Reply(call, Reply::Consents(Box::new(Read { set, rows }))));
        let id = |number| RowId::Customer(customer(number).id);
        let shown = desk.rows(|rows| (0..rows.len()).filter_map(|at| rows.id(at)).collect::<Vec<_>>());
        assert_eq!(shown, [id(2), id(3), id(1)], "who needs somebody stands on top");
        desk.pick(0);
        assert_eq!(desk.question(), QuestionId::ConsentOf);
        let words = desk.words();
        for part in [
            "Lacks MailboxItem.ImportExport.All",
            "(since version 2)",
            "must accept again",
            "ann",
            "consent renew",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
        assert!(desk.view().handouts.iter().any(|handout| handout.id == HandoutId::Link));
        desk.give(Given::Back);
        assert_eq!(desk.question(), QuestionId::Consents);
        desk.pick(2);
        assert!(desk.words().contains("Its delegated relationship ends on 20 Dec 2026"), "{}", desk.words());
        desk.give(Given::Back);
        desk.give(Given::Back);
        assert_eq!(desk.question(), QuestionId::Customer);
    }

    #[test]
    fn a_user_is_told_that_an_admin_looks() {
        let mut setup = setup();
        setup.operator.is_admin = false;
        let mut desk = Desk::new(setup, vec![row(customer(1), Progress::NotStarted, None)]);
        desk.answer();
        assert!(!desk.offers(Action::Consents));
        desk.act(Action::Consents);
        assert_eq!(desk.question(), QuestionId::Customer);
        assert!(desk.notice().contains("An Admin looks at everybody's consent."), "{}", desk.notice());
    }
}
