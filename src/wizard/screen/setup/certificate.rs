//! Screen of setup: the certificate, which is made here, and whose key never leaves this computer.

use crate::{
    domain::{
        failure::Failure,
        groundwork::{Groundwork, Upload},
        phrase::Phrase,
        sydney::day_in_words,
    },
    wizard::{
        answer::{Action, Given},
        ask::{QuestionId, Shape},
        context::{UpdateCx, ViewCx},
        part::wait::{self, Wait},
        pending::{self, Arrival},
        screen::{Scene, Screen, kept, step::Step},
        view::{Block, Button, Fact, Handout, HandoutId, Tone},
    },
};

/// The screen's own state.
#[derive(Debug, Default)]
pub(crate) struct Certificate {
    making: Wait<Box<Groundwork>>,
    failure: Option<Failure>,
}

impl Screen for Certificate {
    fn answer(&mut self, cx: &mut UpdateCx<'_>, given: Given) -> Step {
        match (given, cx.session.ground.as_deref()) {
            (Given::Do(Action::Continue), Some(ground)) if ground.credential.is_some() => {
                return Step::Next(super::next(ground));
            }
            (Given::Do(Action::Continue), Some(_)) if !self.making.is_out() => {
                self.failure = None;
                self.making.start(cx, pending::make_certificate(), wait::CERTIFICATE);
            }
            (Given::Back, _) => return Step::Back,
            _ => {}
        }
        Step::Stay
    }

    fn hear(&mut self, cx: &mut UpdateCx<'_>, arrival: &mut Arrival) -> Step {
        if let Some(ground) = kept(&mut self.failure, self.making.take(arrival)) {
            cx.say(Tone::Good, "The certificate was made, and is named in the settings.");
            cx.session.ground = Some(ground);
        }
        Step::Stay
    }

    fn leave(&mut self, cx: &mut UpdateCx<'_>) {
        self.making.cancel(cx);
    }

    fn view<'a>(&'a self, cx: ViewCx<'a>) -> Scene<'a> {
        let ground = cx.session.ground.as_deref();
        let held = ground.and_then(|ground| ground.credential.as_ref());
        let mut blocks: Vec<Block<'_>> = self.failure.iter().cloned().map(Block::Failure).collect();
        let label = if let (Some(held), Some(ground)) = (held, ground) {
            blocks.push(Block::Para(format_args!("There is {}.", held.words).into()));
            blocks.extend(held.upload.as_ref().map(|upload| facts(upload, ground)));
            "Continue"
        } else {
            blocks.extend(NOT_YET.iter().map(|words| Block::Para((*words).into())));
            "Make the certificate"
        };
        let is_open = !self.making.is_out();
        blocks.push(Block::Buttons(vec![Button { label, action: Action::Continue, is_open }]));
        let heading: Phrase =
            if held.is_some() { "The certificate is there" } else { "Make a certificate?" }.into();
        let handouts = held.and_then(|held| held.upload.as_ref()).map(handout).into_iter().collect();
        let scene = Scene::new(QuestionId::Certificate, Shape::Read, heading, blocks).enter(Action::Continue);
        Scene { handouts, ..scene }.waiting_for(cx.now, [self.making.clock()])
    }
}

/// Said before one is made.
const NOT_YET: [&str; 2] = [
    "By a certificate this program proves to Microsoft that it is your application. The certificate and its key are made \
     here, for this account alone (mode 0600), in the folder of the settings. It is good for two years; its end is said from \
     30 days before.",
    "Microsoft gets the certificate without the key. A rule of your organisation may allow less than two years; then make one \
     by yourself, and name it as app.certificate_file.",
];

/// What is to be known of it.
fn facts<'a>(upload: &Upload, ground: &Groundwork) -> Block<'a> {
    let mut facts = vec![
        Fact::other("Subject", upload.subject.clone()),
        Fact::other("Good until", day_in_words(upload.ends)),
        Fact::other("Thumbprint", upload.thumbprint.clone()),
    ];
    facts.extend(upload.file.iter().map(|file| Fact::other("To upload, without the key", file.clone())));
    facts.push(Fact::other("Settings", ground.file.clone()));
    Block::Facts(facts)
}

/// The certificate as a text that goes to another computer.
pub(super) fn handout(upload: &Upload) -> Handout<'_> {
    Handout {
        id: HandoutId::Certificate,
        text: upload.pem.as_str().into(),
        file: "backup365-certificate.cer".into(),
    }
}
