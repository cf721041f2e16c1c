//! Seeded random walks over the whole wizard, with replies late, doubled and missing: never a panic, always a way out, no
//! effect after the end, and never a secret or two ways to press one key.

use proptest::prelude::*;

use crate::wizard::{
    event::{Edit, Move},
    view::{Chord, Key},
};

use super::*;

/// One thing that happens on a walk.
#[derive(Debug, Clone)]
enum Happens {
    Intent(Intent),
    /// One of the keys that the view offers.
    Key(usize),
    /// One of the open calls is answered; twice when doubled, by a failure when failed.
    Answer {
        which: usize,
        is_doubled: bool,
        is_failed: bool,
    },
    /// A reply nobody asked for.
    Stray(u64),
    /// A reply of the wrong kind.
    Absurd(usize),
    Pass(u64),
    Verdict(u8),
    /// Everything is answered.
    Settle,
}

fn happens() -> impl Strategy<Value = Happens> {
    let intent = prop_oneof![
        4 => Just(Intent::Submit),
        1 => Just(Intent::Back),
        2 => Just(Intent::NextControl),
        1 => Just(Intent::PreviousControl),
        1 => Just(Intent::Leave),
        2 => any::<char>().prop_map(Intent::Insert),
        1 => any::<char>().prop_map(Intent::Unknown),
        1 => prop::sample::select("natcixkuoz q".chars().collect::<Vec<_>>()).prop_map(Intent::Unknown),
        1 => (1_usize..20_000_000).prop_map(|bytes| Intent::Flood { bytes, most: 1_048_576 }),
        1 => Just(Intent::Insert('a')),
        2 => prop_oneof![
            Just("bakery1.example\n".to_owned()),
            Just("ana@bakery1.example".to_owned()),
            Just("mail.hoster.example".to_owned()),
            Just("90094".to_owned()),
            ".{0,40}",
        ]
        .prop_map(Intent::Paste),
        1 => prop_oneof![Just(Edit::Backspace), Just(Edit::Left), Just(Edit::Clear), Just(Edit::Word)].prop_map(Intent::Edit),
        2 => prop_oneof![(-3_i64..4).prop_map(Move::By), Just(Move::Last), Just(Move::First)].prop_map(Intent::Move),
        2 => prop_oneof![
            Just(Action::Save), Just(Action::Confirm), Just(Action::Enable), Just(Action::Park), Just(Action::Back),
            Just(Action::Help), Just(Action::Explain), Just(Action::Say), Just(Action::Rehearse), Just(Action::Qr),
            Just(Action::Deny), Just(Action::Add), Just(Action::Leave), Just(Action::Discover), Just(Action::Tick),
        ]
        .prop_map(Intent::Act),
    ];
    prop_oneof![
        10 => intent.prop_map(Happens::Intent),
        6 => (0_usize..20).prop_map(Happens::Key),
        8 => (0_usize..6, prop::bool::weighted(0.2), prop::bool::weighted(0.15))
            .prop_map(|(which, is_doubled, is_failed)| Happens::Answer { which, is_doubled, is_failed }),
        1 => (0_u64..500).prop_map(Happens::Stray),
        1 => (0_usize..6).prop_map(Happens::Absurd),
        2 => (0_u64..40).prop_map(Happens::Pass),
        2 => (0_u8..5).prop_map(Happens::Verdict),
        3 => Just(Happens::Settle),
    ]
}

fn world(seed: u16) -> Desk {
    let mut managed = customer(1);
    managed.is_managed = true;
    managed.tenant = Some(tenant(1));
    let mut closed = customer(3);
    closed.is_active = false;
    let mut run = record(4, [Product::Office365, Product::MpExchange][usize::from(seed % 2)]);
    run.is_read_only = seed & 4 != 0;
    run.is_key_lost = seed & 8 != 0;
    if seed & 16 != 0 {
        run.organisation = Some(organisation(1));
        run.impersonation = Some(details());
    }
    if seed & 0x300 == 0x300 {
        run.organisation = Some(organisation(1));
        run.impersonation = Some(details());
        run.enabled = Some(Moment::default());
        run.finished = (seed & 0x400 != 0).then(Moment::default);
    }
    let rows = vec![
        row(run.customer.clone(), Progress::Open(Text::from("at access")), Some(&run)),
        row(managed, Progress::NotStarted, None),
        row(customer(2), Progress::NotStarted, None),
        row(closed, Progress::NotStarted, None),
    ];
    let mut started = setup();
    started.operator.is_admin = seed & 32 == 0;
    started.run = (seed & 64 != 0).then(|| run.id.clone());
    let mut desk = if seed & 0x800 == 0 { Desk::new(started, rows) } else { Desk::unopened(started, rows) };
    desk.record = Some(run);
    if seed & 0x80 != 0 {
        desk.answer();
    }
    desk
}

fn step(desk: &mut Desk, happens: Happens) {
    match happens {
        Happens::Intent(intent) => {
            desk.press(intent);
        }
        Happens::Key(which) => {
            let keys = desk.view().keys;
            if let Some(key) = keys.get(which % keys.len().max(1)) {
                desk.act(key.action);
            }
        }
        Happens::Answer { which, is_doubled, is_failed } => {
            if desk.open.is_empty() {
                return;
            }
            let (call, request) = desk.open.remove(which % desk.open.len());
            for _ in 0..=usize::from(is_doubled) {
                match (&request, is_failed) {
                    (Request::Wake(_), _) => drop(desk.happen(Happening::Reply(call, Reply::Woken))),
                    (_, true) => drop(desk.happen(Happening::Reply(call, failed()))),
                    (_, false) => desk.respond(call, &request),
                }
            }
        }
        Happens::Stray(call) => {
            desk.happen(Happening::Reply(CallId(call + 10_000), Reply::Saved));
        }
        Happens::Absurd(which) => {
            if !desk.open.is_empty() {
                let (call, _) = desk.open.remove(which % desk.open.len());
                desk.happen(Happening::Reply(call, Reply::Searched(Vec::new())));
            }
        }
        Happens::Pass(seconds) => {
            desk.pass(seconds);
        }
        Happens::Verdict(which) => {
            desk.named = desk.record.as_ref().and_then(|record| record.organisation.clone());
            desk.verdict = match which {
                0 => Verdict::NotYet,
                1 => Verdict::Spreading,
                2 => Verdict::WrongTenant { found: organisation(2) },
                3 => Verdict::Failed(Failure::new(FailureKind::Refused, "no", "yes").with_code("90094")),
                _ => Verdict::Proved,
            };
        }
        Happens::Settle => {
            desk.answer();
        }
    }
}

/// What holds at every moment of a walk.
fn check(desk: &Desk) -> Result<(), TestCaseError> {
    let view = desk.view();
    prop_assert!(!view.panel.heading.is_empty());
    prop_assert!(view.bar.is_sandbox);
    prop_assert!(view.trail.len() == 6);
    for panel in [Some(&view.panel), view.overlay.as_ref()].into_iter().flatten() {
        for block in &panel.blocks {
            if let Block::Rows(shown) = block {
                prop_assert!(shown.cursor.is_none_or(|at| at < shown.rows.len()), "{shown:?}");
                prop_assert!((0..shown.rows.len().min(9)).all(|at| shown.rows.row(at).is_some()));
                prop_assert!(shown.rows.row(shown.rows.len()).is_none());
            }
        }
    }
    if view.overlay.is_none() && view.focus != Focus::Field {
        let offers = |action| view.keys.iter().any(|key| key.action == action);
        prop_assert!(offers(Action::Back) || offers(Action::Leave), "no way out: {:?}", view.keys);
    }
    if view.focus != Focus::Field {
        let is_other = |key: &Key| !matches!(key.chord, Chord::Ctrl(_));
        for key in view.keys.iter().filter(|key| !is_other(key)) {
            let has_twin = view.keys.iter().any(|other| other.action == key.action && is_other(other));
            prop_assert!(has_twin, "only by Ctrl: {key:?}");
        }
    }
    if desk.wizard.ended().is_none() {
        let waits = desk.open.iter().filter(|(_, request)| matches!(request, Request::Wake(_))).count();
        prop_assert!(waits <= 4, "{:?}", desk.open);
    }
    prop_assert!(!desk.words().contains("correct horse"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn no_walk_gets_lost(seed: u16, walk in prop::collection::vec(happens(), 1..120)) {
        let mut desk = world(seed);
        for happens in walk {
            let is_lost = match &happens {
                Happens::Intent(Intent::Paste(_)) => desk.view().focus != Focus::Field,
                Happens::Intent(Intent::Unknown(_) | Intent::Flood { .. }) => true,
                _ => false,
            };
            step(&mut desk, happens);
            check(&desk)?;
            prop_assert!(!is_lost || !desk.notice().is_empty(), "nothing came of it, and nothing was said");
            if desk.wizard.ended().is_some() {
                break;
            }
        }
        // Tab leads out of any field, to where letters are commands.
        for _ in 0..16 {
            if desk.view().focus == Focus::Field {
                desk.press(Intent::NextControl);
            }
        }
        prop_assert!(desk.view().focus != Focus::Field || desk.wizard.ended().is_some());
        // Whatever happened, two Ctrl-C lead out, and then nothing is wished for any more.
        desk.press(Intent::Leave).press(Intent::Leave);
        prop_assert!(desk.wizard.ended().is_some());
        let asked = desk.log.len();
        desk.answer().pass(100).submit().press(Intent::Leave);
        prop_assert_eq!(desk.log.len(), asked);
        let is_writing = desk.open.iter().any(|(_, request)| request.is_write());
        prop_assert!(!is_writing);
    }
}
