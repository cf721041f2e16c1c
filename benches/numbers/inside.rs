//! From a key to a drawn frame without a terminal: the wizard, the view and the drawing in this process, with the real
//! runner and provider behind them. What the terminal and the waking of threads add is the difference to `keys`.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    time::{Duration, Instant},
};

use backup365::{
    domain::{run::Operator, text::Text},
    runner::{self, Opened, Runner, Tools},
    tui::{
        draw::{Memory, draw},
        options::Options,
        paint::{Hand, differences},
    },
    wizard::{
        Setup, Wizard,
        effect::{Deed, Effect},
        event::{Action, Edit, Event, Happening, Intent, Move, World},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    figures::{grouped, median, millis, short},
    table::Report,
    world::{List, SIZES, Stage},
};

/// Keys of each kind.
const KEYS: usize = 200;

/// Keys that tick everything or unfold a search.
const SLOW_KEYS: usize = 15;

/// The wizard and what it is shown on.
struct Inside {
    wizard: Wizard,
    runner: Runner,
    woken: Receiver<()>,
    shown: Buffer,
    next: Buffer,
    memory: Memory,
    hand: Hand,
}

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut details = vec![
        "inside: key to drawn frame without a terminal, medians, microseconds; filter: to the whole answer"
            .to_owned(),
    ];
    for size in SIZES {
        let list = stage.texts(size);
        let mut inside = Inside::open(stage, size);
        let cursor = inside.median(KEYS, &[Move::By(1), Move::By(-1)].map(Intent::Move));
        let page = inside.median(KEYS, &[Move::By(14), Move::By(-14)].map(Intent::Move));
        let tick = inside.median(KEYS, &[Action::Tick, Action::Tick].map(Intent::Act));
        let all = inside.median(SLOW_KEYS, &[Action::All, Action::Clear].map(Intent::Act));
        let (echo, whole, frames) = inside.searches(&list);
        details.push(format!(
            "  {} users: cursor {cursor:.0}, page {page:.0}, tick {tick:.0}, All {all:.0}; \
             filter character: first frame {}, whole answer {} ms in {frames} frames",
            grouped(size),
            short(echo),
            short(whole)
        ));
    }
    Report { rows: Vec::new(), details }
}

impl Inside {
    /// Takes up the run of this size and waits for the whole list.
    fn open(stage: &Stage, size: usize) -> Self {
        let (wake, woken) = sync_channel(1);
        let provider = stage.provider();
        let files = stage.path("files");
        let open = move || {
            Ok(Opened {
                tools: Tools {
                    provider: provider.clone(),
                    clock: runner::clock::system(),
                    rehearse: None,
                    files: files.clone(),
                    launcher: None,
                },
                world: World {
                    operator: provider.store.operator(),
                    link_prefix: String::new(),
                    link_suffix: String::new(),
                },
                kept: None,
            })
        };
        let wake = Arc::new(move || {
            // Awake already.
            let _is_heard = wake.try_send(());
        });
        let runner = Runner::new(stage.runtime.handle().clone(), Arc::new(open), wake);
        let wizard = Wizard::new(Setup {
            is_sandbox: false,
            rehearsal: false,
            operator: Operator { name: Text::from("measured"), is_admin: false },
            link_prefix: String::new(),
            link_suffix: String::new(),
            can_open_browser: false,
            clipboard: 0,
            permissions: Vec::new(),
            run: stage.run(size).parse().ok(),
            is_board_watched: true,
            here: Text::from("Australia/Sydney"),
        });
        let area = Rect { x: 0, y: 0, width: 80, height: 24 };
        let mut inside = Self {
            wizard,
            runner,
            woken,
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            memory: Memory::default(),
            hand: Hand::default(),
        };
        inside.take(Happening::Started);
        inside.until(&format!("listed {} ·", grouped(size)));
        inside
    }

    /// Gives an event to the wizard and its wishes to the runner.
    fn take(&mut self, what: Happening) {
        for effect in self.wizard.update(Event { at: runner::clock::system().now(), what }) {
            match effect {
                Effect::Start(call, request) => self.runner.start(call, request),
                Effect::Cancel(call) => self.runner.cancel(call),
                Effect::Perform(Deed::Copy(_) | Deed::CopyText(_) | Deed::PrintAlone(_)) => {}
            }
        }
    }

    /// Draws; how many bytes the frame is.
    fn draw(&mut self) -> usize {
        let mut bytes = Vec::new();
        self.next.reset();
        let options = Options { use_color: true, use_unicode: true, fallback_size: None };
        let cursor = draw(&mut self.next, &self.wizard.view(), options, &mut self.memory);
        differences(&self.shown, &self.next, &mut self.hand, cursor, &mut bytes);
        std::mem::swap(&mut self.shown, &mut self.next);
        bytes.len()
    }

    /// Takes the replies that wait, four at most as the driver does, or waits for one; then draws. Whether one came.
    fn turn(&mut self, patience: Duration) -> bool {
        let mut is_changed = false;
        for _ in 0..4 {
            let Some((call, reply)) = self.runner.reply() else { break };
            self.take(Happening::Reply(call, reply));
            is_changed = true;
        }
        if is_changed {
            self.draw();
            return true;
        }
        self.woken.recv_timeout(patience).is_ok()
    }

    /// Takes replies until the screen shows these words; how many frames that took.
    fn until(&mut self, words: &str) -> usize {
        let began = Instant::now();
        let mut frames = 0;
        while !self.shows(words) {
            assert!(began.elapsed() < Duration::from_mins(2), "never saw {words:?}");
            frames += usize::from(self.turn(Duration::from_millis(50)));
        }
        frames
    }

    /// Whether the screen shows these words.
    fn shows(&self, words: &str) -> bool {
        let rows = self.shown.content.chunks(80);
        rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>())
            .any(|row| row.contains(words))
    }

    /// Median time of a key and of the one that takes it back, microseconds.
    fn median(&mut self, count: usize, keys: &[Intent; 2]) -> f64 {
        let mut times = Vec::new();
        for _ in 0..count {
            for key in keys {
                let at = Instant::now();
                self.take(Happening::Intent(key.clone()));
                self.draw();
                times.push(millis(at.elapsed()) * 1_000.0);
                while self.turn(Duration::ZERO) {}
            }
        }
        median(times)
    }

    /// First frame and whole answer of one character, milliseconds, and the frames until then.
    fn searches(&mut self, list: &List) -> (f64, f64, usize) {
        let (mut first, mut whole, mut frames) = (Vec::new(), Vec::new(), Vec::new());
        self.take(Happening::Intent(Intent::Act(Action::Search)));
        for letter in "hsbnoaeiumtlrk".chars().take(SLOW_KEYS) {
            let expected = format!("· shown {} ·", grouped(list.holding(letter.encode_utf8(&mut [0; 4]))));
            let at = Instant::now();
            self.take(Happening::Intent(Intent::Insert(letter)));
            self.draw();
            first.push(millis(at.elapsed()));
            frames.push(1 + self.until(&expected));
            whole.push(millis(at.elapsed()));
            self.take(Happening::Intent(Intent::Edit(Edit::Clear)));
            self.draw();
            while self.turn(Duration::from_millis(20)) {}
        }
        (median(first), median(whole), median(frames))
    }
}
