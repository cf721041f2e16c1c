//! How a sign-in goes on: every key and answer, in every order.

use proptest::prelude::*;

use super::*;
use crate::domain::failure::FailureKind;

const START: Moment = Moment::from_millis(1_700_000_000_000);

fn after(seconds: u64) -> Moment {
    START.plus(Duration::from_secs(seconds))
}

fn issued() -> Issued {
    Issued {
        code: "K7QX2MHTP".into(),
        address: "https://microsoft.com/devicelogin".into(),
        lives: Duration::from_mins(15),
        interval: Duration::from_secs(5),
    }
}

fn refused(is_by_rule: bool) -> Refused {
    let failure = Failure::new(FailureKind::Refused, "Microsoft refuses", "Ask.");
    Refused { failure, is_by_rule }
}

/// A code that is shown since the start.
fn shown(is_attended: bool) -> SignIn {
    let (mut it, wish) = SignIn::begin(Way::Code, is_attended, START);
    assert_eq!((wish, it.attempt()), (Wish::AskForCode, 1));
    assert!(it.update(Event::Issued(1, Ok(issued())), START).is_empty());
    it
}

#[test]
fn it_is_asked_a_little_later_than_the_server_says_and_slower_when_told_so() {
    let mut it = shown(true);
    assert!(it.update(Event::Time, after(5)).is_empty(), "not before the padding");
    assert_eq!(it.wakes(), Some(after(6)));
    assert_eq!(it.update(Event::Time, after(6)), [Wish::Poll]);
    assert!(it.update(Event::Time, after(30)).is_empty(), "not while an answer is out");
    it.update(Event::Polled(1, Poll::Pending), after(7));
    assert_eq!(it.wakes(), Some(after(13)));
    it.update(Event::Time, after(13));
    it.update(Event::Polled(1, Poll::SlowDown), after(13));
    assert_eq!(it.wakes(), Some(after(24)), "5 s more, for good");
    it.update(Event::Time, after(24));
    it.update(Event::Polled(1, Poll::Pending), after(24));
    assert_eq!(it.wakes(), Some(after(35)));
    it.update(Event::Time, after(35));
    it.update(Event::Polled(1, Poll::NoAnswer), after(35));
    assert_eq!(it.wakes(), Some(after(56)), "doubled");
    it.update(Event::Time, after(56));
    assert!(it.update(Event::Polled(1, Poll::SignedIn), after(57)).is_empty());
    assert_eq!(*it.phase(), Phase::Ended(End::SignedIn));
}

#[test]
fn a_fresh_code_retires_the_old_one() {
    let mut it = shown(true);
    it.update(Event::Time, after(6));
    assert_eq!(it.update(Event::Key(Key::Fresh), after(7)), [Wish::AskForCode]);
    assert!(it.update(Event::Key(Key::Fresh), after(7)).is_empty(), "one is on its way");
    // The old code was entered all the same, and its answer comes late.
    assert!(it.update(Event::Polled(1, Poll::SignedIn), after(8)).is_empty());
    assert_eq!((it.attempt(), it.phase()), (2, &Phase::Asking));
    it.update(Event::Issued(1, Ok(issued())), after(8));
    assert_eq!(*it.phase(), Phase::Asking, "nor does an old one come back");
    it.update(Event::Issued(2, Ok(issued())), after(9));
    it.update(Event::Polled(1, Poll::Lapsed), after(9));
    assert!(matches!(it.phase(), Phase::Code(_)));
}

#[test]
fn a_code_that_lapses_waits_for_a_key_and_ends_where_nobody_can_press_one() {
    let mut it = shown(true);
    assert_eq!(it.update(Event::Time, after(900)), [Wish::Tell(News::Lapsed(Way::Code))]);
    assert_eq!((it.phase(), it.wakes()), (&Phase::Lapsed, None));
    assert_eq!(it.update(Event::Key(Key::Fresh), after(2_000)), [Wish::AskForCode]);
    let mut it = shown(false);
    it.update(Event::Time, after(899));
    assert!(it.update(Event::Time, after(901)).is_empty(), "the last answer is waited for");
    it.update(Event::Polled(1, Poll::Pending), after(901));
    it.update(Event::Time, after(901));
    assert_eq!(*it.phase(), Phase::Ended(End::Lapsed(Way::Code)));
    let (mut it, _) = SignIn::begin(Way::Browser, true, START);
    assert_eq!(it.update(Event::Time, START.plus(BROWSER_WAIT)), [Wish::Tell(News::Lapsed(Way::Browser))]);
}

#[test]
fn a_way_that_a_rule_forbids_leads_to_the_other_one_once() {
    for (way, event, wish) in [
        (Way::Code, Event::Issued(1, Err(refused(true))), Wish::OpenBrowser),
        (Way::Browser, Event::Returned(1, Err(refused(true))), Wish::AskForCode),
    ] {
        let (mut it, _) = SignIn::begin(way, false, START);
        let told = Wish::Tell(News::ByRule(way, refused(true).failure));
        assert_eq!(it.update(event, after(1)), [told, wish]);
        assert_eq!((it.way(), it.attempt()), (way.other(), 2));
        let again = match it.way() {
            Way::Code => Event::Issued(2, Err(refused(true))),
            Way::Browser => Event::Returned(2, Err(refused(true))),
        };
        it.update(again, after(2));
        assert_eq!(*it.phase(), Phase::Ended(End::Failed(refused(true).failure)), "no circle");
    }
    let mut it = shown(true);
    it.update(Event::Polled(1, Poll::Refused(refused(false))), after(3));
    assert_eq!(*it.phase(), Phase::Ended(End::Failed(refused(false).failure)));
}

fn event() -> impl Strategy<Value = Event> {
    let poll = prop_oneof![
        Just(Poll::Pending),
        Just(Poll::SlowDown),
        Just(Poll::NoAnswer),
        Just(Poll::Lapsed),
        any::<bool>().prop_map(|is_by_rule| Poll::Refused(refused(is_by_rule))),
    ];
    prop_oneof![
        4 => Just(Event::Time),
        3 => (0..4_u32, poll).prop_map(|(attempt, poll)| Event::Polled(attempt, poll)),
        2 => (0..4_u32).prop_map(|attempt| Event::Issued(attempt, Ok(issued()))),
        1 => (0..4_u32).prop_map(|attempt| Event::Returned(attempt, Err(refused(true)))),
        1 => prop_oneof![Just(Key::Fresh), Just(Key::Other)].prop_map(Event::Key),
    ]
}

proptest! {
    /// Whatever comes in whatever order: no code is asked about sooner than the server allows, after its end, or while an
    /// answer is out; nobody is signed in by what did not say so; and there is always a next thing to happen.
    #[test]
    fn no_order_of_events_asks_too_soon_or_stands_still(
        events in prop::collection::vec((event(), 0..9_u64), 0..120),
        is_attended: bool,
    ) {
        let (mut it, mut wish) = SignIn::begin(Way::Code, is_attended, START);
        let (mut now, mut answered, mut is_out) = (START, START, false);
        let mut shown_for = 0;
        for (event, seconds) in events {
            now = now.plus(Duration::from_secs(seconds));
            let attempt = it.attempt();
            let counts = match &event {
                Event::Polled(of, _) => *of == attempt,
                Event::Issued(of, _) => *of == attempt && *it.phase() == Phase::Asking,
                _ => false,
            };
            if counts {
                (answered, is_out) = (now, false);
            }
            for next in it.update(event, now) {
                if next == Wish::Poll {
                    prop_assert!(!is_out || shown_for != it.attempt());
                    prop_assert!(now.since(answered) >= Duration::from_secs(6));
                    let Phase::Code(shown) = it.phase() else { return Err(TestCaseError::fail("no code")) };
                    prop_assert!(now < shown.until);
                    (is_out, shown_for) = (true, it.attempt());
                }
                wish = next;
            }
            prop_assert!(*it.phase() != Phase::Ended(End::SignedIn));
            match it.phase() {
                Phase::Code(shown) => prop_assert!(shown.due.is_some() || is_out),
                Phase::Browser(_) => prop_assert!(it.wakes().is_some()),
                Phase::Asking => prop_assert_eq!(&wish, &Wish::AskForCode),
                Phase::Lapsed => prop_assert!(is_attended),
                Phase::Ended(_) => {}
            }
        }
    }
}
