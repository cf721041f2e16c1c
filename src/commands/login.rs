//! `backup365 login`, `logout` and `whoami`: the operator's own sign-in.
//!
//! What a person must see to sign in goes to stderr, `--quiet` or not; who is signed in then is data.

mod screen;

use std::{future::pending, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel},
    task::JoinSet,
};

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        phrase::{Command, phrase},
        sign_in::{End, Event, Key, Phase, Poll, Refused, SignIn, SignedIn, Way, Wish},
        text::Text,
        time::Clock,
    },
    exit::Exit,
    provider::oauth::operator::{DeviceCode, Operators, Session, SessionFile},
};

use super::{Out, quietly, unanswered::Unanswered};
use screen::Screen;

/// Opens a link in a browser of this computer; may take a moment.
pub type Opens = Arc<dyn Fn(&str) -> Result<(), Failure> + Send + Sync>;

/// What a person or the system wants meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// A key.
    Key(Key),
    /// What was shown is to be done.
    Yes,
    /// The program is to go.
    Go(Exit),
}

/// Who works on this computer where nobody is signed in.
#[derive(Debug, Clone, Default)]
pub struct Here {
    /// The account of the system.
    pub account: Text,
    /// The role by which a record on a server is opened; none: the record is a file.
    pub record_role: Option<Text>,
    /// Whether the account is an Admin by the record; none: it never worked with it, or that could not be read.
    pub is_admin: Option<bool>,
}

/// What `login` works with.
pub struct LoginContext {
    /// The sign-in.
    pub sign_in: SignInContext,
    /// Where it is kept.
    pub file: SessionFile,
    /// Who works here otherwise.
    pub here: Here,
    /// Everything is invented.
    pub is_sandbox: bool,
    /// Where words go.
    pub out: Out,
}

/// What a sign-in works with.
pub struct SignInContext {
    /// Microsoft.
    pub operators: Operators,
    /// The time.
    pub clock: Clock,
    /// Opens the browser; none: no browser can be opened from here.
    pub opens: Option<Opens>,
    /// Keys and signals.
    pub wanted: UnboundedReceiver<Wanted>,
    /// Somebody can press keys.
    pub is_attended: bool,
    /// A line of the terminal may be written over.
    pub has_countdown: bool,
    /// Columns of the terminal that the lines go to; none: they go elsewhere, and stay whole.
    pub columns: Option<u16>,
}

/// Signs somebody in by this way, or by the other one where that is wanted or a rule forbids it.
///
/// # Errors
/// Nobody is signed in, with words and an exit code; stdout can't be written.
pub async fn login(mut cx: LoginContext, way: Way, is_json: bool) -> anyhow::Result<Exit> {
    if cx.is_sandbox {
        let words = "SANDBOX: these accounts are invented. The password of each is \"sandbox\".";
        for line in screen::lines(words, cx.sign_in.columns) {
            cx.out.note(&line);
        }
    }
    let session = match sign_in(&mut cx.sign_in, way).await {
        Ok(session) => session,
        Err(Ended::Quietly(exit)) => return Ok(exit),
        Err(Ended::Failed(failure)) => return Err(unanswered(&failure).into()),
    };
    cx.file.keep(&session).map_err(|failure| unanswered(&failure))?;
    let who = &session.who;
    let printed = if is_json {
        cx.out.json(&object(Some(who), &cx.here, cx.is_sandbox))
    } else {
        cx.out.say(&format!("{} is signed in, as {}.", who.name, role(who)))
    };
    quietly(printed, Exit::Done)
}

/// Forgets the sign-in.
///
/// # Errors
/// The file can't be removed; stdout can't be written.
pub fn logout(
    file: &SessionFile,
    here: &Here,
    is_json: bool,
    is_sandbox: bool,
    out: Out,
) -> anyhow::Result<Exit> {
    let was_there = file.forget().map_err(|failure| unanswered(&failure))?;
    let words = if was_there {
        "Signed out: this computer has forgotten the sign-in. Your browser may still be signed in at Microsoft."
    } else {
        "Nobody was signed in."
    };
    let printed = if is_json { out.json(&object(None, here, is_sandbox)) } else { out.say(words) };
    quietly(printed, Exit::Done)
}

/// Tells who is signed in, or who works here where nobody is.
///
/// # Errors
/// A sign-in is demanded and nobody is signed in; stdout can't be written.
pub fn whoami(
    who: Option<&SignedIn>,
    here: &Here,
    is_demanded: bool,
    is_json: bool,
    is_sandbox: bool,
    out: Out,
) -> anyhow::Result<Exit> {
    let printed = match who {
        None if is_demanded => return Err(unanswered(&demanded()).into()),
        who if is_json => out.json(&object(who, here, is_sandbox)),
        Some(who) => out.say(&format!("{} is signed in, as {}.", who.name, role(who))),
        None => {
            let Here { account, record_role, is_admin } = here;
            let by = record_role.as_ref();
            let by =
                by.map(|role| format!(", by the role {role} of the record's server")).unwrap_or_default();
            let role = is_admin.map(|is_admin| format!(", {}", role_words(is_admin))).unwrap_or_default();
            out.say(&format!(
                "Nobody is signed in. You work as {account}{role}, the account of this computer{by}."
            ))
        }
    };
    quietly(printed, Exit::Done)
}

/// Said where nothing goes on without a sign-in.
#[must_use]
pub fn demanded() -> Failure {
    Failure::new(
        FailureKind::Refused,
        "nobody is signed in, and the settings demand it (operator.sign_in)",
        phrase!["Sign in: ", Command::Login, "."],
    )
}

/// Bad news of a sign-in, with its exit code.
#[must_use]
pub fn unanswered(failure: &Failure) -> Unanswered {
    let exit = if failure.kind == FailureKind::Refused { Exit::Refused } else { Exit::Failed };
    Unanswered::new(exit, failure.for_commands().as_str())
}

/// The kind of account, in words.
const fn role(who: &SignedIn) -> &'static str {
    role_words(who.is_admin)
}

const fn role_words(is_admin: bool) -> &'static str {
    if is_admin { "an Admin" } else { "a User" }
}

/// The same for programs.
const fn role_word(is_admin: bool) -> &'static str {
    if is_admin { "admin" } else { "user" }
}

/// The object of `--json`; its schema is `assets/json/whoami.schema.json`.
fn object(who: Option<&SignedIn>, here: &Here, is_sandbox: bool) -> Value {
    let Here { account, record_role, is_admin } = here;
    json!({
        "role": who.map(|who| who.is_admin).or(*is_admin).map(role_word),
        "account": account.as_str(),
        "record_role": record_role.as_ref().map(Text::as_str),
        "version": 1,
        "kind": "whoami",
        "sandbox": is_sandbox,
        "signed_in": who.map(|who| json!({
            "name": who.name.as_str(),
            "role": role_word(who.is_admin),
            "tenant": who.tenant.to_string(),
            "object": who.object.to_string(),
        })),
    })
}

/// Why nobody is signed in.
pub(super) enum Ended {
    /// As a person wanted it.
    Quietly(Exit),
    /// With these words.
    Failed(Failure),
}

/// What a task brings, for which attempt.
enum Report {
    Issued(u32, Result<DeviceCode, Refused>),
    Polled(u32, Result<Session, Poll>),
    Returned(u32, Result<Session, Refused>),
}

/// What is under way beside the state of it all.
struct Work {
    operators: Operators,
    opens: Option<Opens>,
    /// Where tasks report to.
    to: Sender<Report>,
    tasks: JoinSet<()>,
    /// The code of this attempt.
    code: Option<Arc<DeviceCode>>,
    /// Who was signed in by this attempt.
    session: Option<Session>,
}

/// Goes on until somebody is signed in or nobody will be.
pub(super) async fn sign_in(cx: &mut SignInContext, way: Way) -> Result<Session, Ended> {
    let (to, mut reports) = channel(4);
    let (operators, opens) = (cx.operators.clone(), cx.opens.clone());
    let mut work = Work { operators, opens, to, tasks: JoinSet::new(), code: None, session: None };
    let mut screen = Screen::new(cx.has_countdown, cx.is_attended, cx.columns);
    let (mut it, wish) = SignIn::begin(way, cx.is_attended, cx.clock.now());
    screen.begins(way, cx.opens.is_some());
    let mut wishes = vec![wish];
    loop {
        for wish in std::mem::take(&mut wishes) {
            if let Some(event) = work.carry_out(wish, &it, &mut screen).await {
                wishes.extend(it.update(event, cx.clock.now()));
            }
        }
        if !wishes.is_empty() {
            continue;
        }
        let now = cx.clock.now();
        screen.show(&it, now);
        if let Phase::Ended(end) = it.phase() {
            screen.clear();
            return ended(end.clone(), work.session.take(), &cx.operators);
        }
        let wait = it.wakes().map(|at| at.since(now)).into_iter().chain(screen.next(&it, now)).min();
        let event = next(cx, &mut reports, wait).await.map_err(Ended::Quietly)?;
        let event = match event {
            Next::Time => Event::Time,
            Next::Key(key) => Event::Key(key),
            Next::Report(report) => work.take(report, it.attempt()),
        };
        let way = it.way();
        wishes = it.update(event, cx.clock.now());
        if it.way() != way {
            screen.begins(it.way(), cx.opens.is_some());
        }
    }
}

/// What happens next.
enum Next {
    Time,
    Key(Key),
    Report(Report),
}

/// Waits for it.
async fn next(
    cx: &mut SignInContext,
    reports: &mut Receiver<Report>,
    wait: Option<Duration>,
) -> Result<Next, Exit> {
    let time = async {
        match wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => pending().await,
        }
    };
    tokio::select! {
        biased;
        Some(wanted) = cx.wanted.recv() => match wanted {
            Wanted::Key(key) => Ok(Next::Key(key)),
            // Nothing is asked yet.
            Wanted::Yes => Ok(Next::Time),
            Wanted::Go(exit) => Err(exit),
        },
        Some(report) = reports.recv() => Ok(Next::Report(report)),
        () = time => Ok(Next::Time),
    }
}

impl Work {
    /// Begins what is wished for; what is known at once is an event.
    async fn carry_out(&mut self, wish: Wish, it: &SignIn, screen: &mut Screen) -> Option<Event> {
        let (attempt, operators, to) = (it.attempt(), self.operators.clone(), self.to.clone());
        match wish {
            Wish::Tell(news) => screen.tell(&news),
            Wish::AskForCode => {
                self.retire();
                self.tasks.spawn(async move {
                    let _nobody = to.send(Report::Issued(attempt, operators.ask_for_code().await)).await;
                });
            }
            Wish::Poll => {
                let code = Arc::clone(self.code.as_ref()?);
                self.tasks.spawn(async move {
                    let _nobody = to.send(Report::Polled(attempt, operators.poll(&code).await)).await;
                });
            }
            Wish::OpenBrowser => {
                self.retire();
                let page = match operators.page().await {
                    Ok(page) => page,
                    Err(refused) => return Some(Event::Returned(attempt, Err(refused))),
                };
                screen.link(&page.link, page.port, self.opens.is_some());
                let (opens, link) = (self.opens.clone(), page.link.clone());
                self.tasks.spawn(async move {
                    let _nobody = to.send(Report::Returned(attempt, operators.returned(page).await)).await;
                });
                let opened = tokio::task::spawn_blocking(move || opens.map_or(Ok(()), |opens| opens(&link)));
                if let Ok(Err(failure)) = opened.await {
                    screen.unopened(&failure);
                }
            }
        }
        None
    }

    /// Has an earlier attempt end: its code is asked about no more, and nobody listens for its browser.
    fn retire(&mut self) {
        self.tasks.abort_all();
        (self.code, self.session) = (None, None);
    }

    /// What a report comes to; what it brought is kept here where it is of this attempt.
    fn take(&mut self, report: Report, attempt: u32) -> Event {
        match report {
            Report::Issued(of, Ok(code)) => {
                let issued = code.issued.clone();
                if of == attempt {
                    self.code = Some(Arc::new(code));
                }
                Event::Issued(of, Ok(issued))
            }
            Report::Issued(of, Err(refused)) => Event::Issued(of, Err(refused)),
            Report::Polled(of, Ok(session)) => {
                self.session = Some(session).filter(|_| of == attempt);
                Event::Polled(of, Poll::SignedIn)
            }
            Report::Polled(of, Err(poll)) => Event::Polled(of, poll),
            Report::Returned(of, Ok(session)) => {
                self.session = Some(session).filter(|_| of == attempt);
                Event::Returned(of, Ok(()))
            }
            Report::Returned(of, Err(refused)) => Event::Returned(of, Err(refused)),
        }
    }
}

/// How it ended.
fn ended(end: End, session: Option<Session>, operators: &Operators) -> Result<Session, Ended> {
    let lapsed = |what: &'static str| {
        Ended::Failed(Failure::new(
            FailureKind::Unreachable,
            what,
            phrase!["Begin again: ", operators.purpose().again(), "."],
        ))
    };
    match (end, session) {
        (End::SignedIn, Some(session)) => Ok(session),
        (End::Left, _) => Err(Ended::Quietly(Exit::Stopped)),
        (End::Failed(failure), _) => Err(Ended::Failed(failure)),
        (End::Lapsed(Way::Browser), _) => {
            Err(lapsed("nobody is signed in: the browser did not come back in time"))
        }
        (End::Lapsed(Way::Code) | End::SignedIn, _) => {
            Err(lapsed("nobody is signed in: the code was not used in time"))
        }
    }
}
