//! From a key to a drawn frame without a terminal: keys, wizard, view and drawing in this process, with the real runner
//! and provider behind them. What the terminal and the waking of threads add is the difference to `keys`.

use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    time::{Duration, Instant},
};

use backup365::{
    domain::{operator::Operator, text::Text},
    runner::{self, Opened, Runner, Tools},
    tui::{
        Options, State,
        backend::Backend,
        draw::draw,
        input::Press,
        keys::{self, Outcome},
    },
    wizard::{
        Setup, Wizard,
        answer::Answer,
        call::World,
        effect::{Effect, FrontEndTask},
        event::{Event, EventKind},
    },
};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, buffer::Buffer, layout::Rect};

use crate::{
    figures::{grouped, median, millis, short},
    table::Report,
    tool::{shown, shows_all},
    world::{List, SIZES, Stage},
};

/// Keys of each kind.
const KEYS: usize = 200;

/// Keys that tick everything or unfold a search.
const SLOW_KEYS: usize = 15;

/// Ticks the lit row, or takes its tick back.
const TICK: Press = Press::Char(' ');

/// The wizard and what it is shown on.
struct Inside {
    wizard: Wizard,
    runner: Runner,
    woken: Receiver<()>,
    shown: Buffer,
    state: State,
    terminal: Terminal<Backend>,
    /// The same frames on ratatui's own backend.
    stock: Terminal<CrosstermBackend<Count>>,
    /// What they took there.
    stock_bytes: Rc<Cell<usize>>,
}

/// Counts what is written.
struct Count(Rc<Cell<usize>>);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of one frame: here, and on ratatui's own backend.
#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
struct Bytes {
    ours: usize,
    stock: usize,
}

/// The window.
const AREA: Rect = Rect { x: 0, y: 0, width: 80, height: 24 };

/// Measures it.
pub(crate) fn measure(stage: &Stage) -> Report {
    let mut details = vec![
        "inside: key to drawn frame without a terminal, medians, microseconds; filter: to the whole answer"
            .to_owned(),
    ];
    for size in SIZES {
        let list = stage.texts(size);
        let mut inside = Inside::open(stage, size);
        let [first, key, mark, rows, edge] = inside.bytes();
        let cell = |bytes: Bytes| format!("{} ({})", grouped(bytes.ours), grouped(bytes.stock));
        details.push(format!(
            "  {} users, bytes here (on ratatui's CrosstermBackend), a whole selected row reversed: first frame {}, \
             cursor {}, one that scrolls {}, tick {}, page {}",
            grouped(size),
            cell(first),
            cell(key),
            cell(edge),
            cell(mark),
            cell(rows)
        ));
        let cursor = inside.median(KEYS, [Press::Down, Press::Up]);
        let page = inside.median(KEYS, [Press::PageDown, Press::PageUp]);
        let tick = inside.median(KEYS, [TICK, TICK]);
        let all = inside.median(SLOW_KEYS, [Press::Char('a'), Press::Char('c')]);
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
                    own_right: None,
                    files: files.clone(),
                    only: None,
                    launcher: None,
                },
                world: World {
                    operator: provider.store.operator(),
                    link_prefix: String::new(),
                    link_suffix: String::new(),
                    notes: Vec::new(),
                    is_shared: false,
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
            own_right: false,
            is_sandbox: false,
            is_mapped: false,
            is_groundwork: false,
            rehearsal: false,
            operator: Operator { name: "measured".into(), is_admin: false, ..Operator::default() },
            link_prefix: String::new(),
            link_suffix: String::new(),
            can_open_browser: false,
            clipboard: 0,
            cloud: backup365::domain::cloud::Cloud::Global,
            spreading: backup365::domain::consent::SPREADING,
            partner: None,
            permissions: Vec::new(),
            run: stage.run(size).parse().ok(),
            is_board_watched: true,
            is_unattended: false,
            keeps_forms: true,
            here: Text::from("Australia/Sydney"),
        });
        let stock_bytes = Rc::new(Cell::new(0));
        let mut inside = Self {
            wizard,
            runner,
            woken,
            shown: Buffer::empty(AREA),
            state: State::new(Options {
                use_color: true,
                use_unicode: true,
                use_bell: false,
                fallback_size: None,
            }),
            terminal: Terminal::new(Backend::new(AREA.as_size())).unwrap(),
            stock: stock(&stock_bytes),
            stock_bytes,
        };
        inside.take(EventKind::Started);
        inside.until("the whole list", |screen| shows_all(screen, size));
        inside
    }

    /// Gives an event to the wizard and its wishes to the runner.
    fn take(&mut self, what: EventKind) {
        for effect in self.wizard.update(Event { at: runner::clock::system().now(), what }) {
            match effect {
                Effect::Start(call, request) => self.runner.start(call, request),
                Effect::Cancel(call) => self.runner.cancel(call),
                Effect::Perform(FrontEndTask::Copy(_) | FrontEndTask::PrintAlone(_) | FrontEndTask::Bell) => {
                }
            }
        }
    }

    /// Presses a key, as the front end does: the question that it is for stands on the screen.
    fn press(&mut self, key: Press) {
        let view = self.wizard.view();
        let to = view.ask.revision;
        if let Outcome::Give(what) = keys::press(key, &view, &mut self.state) {
            self.take(EventKind::Answer(Answer { to, what }));
        }
    }

    /// Draws.
    fn draw(&mut self) {
        drop(self.terminal.backend_mut().take());
        let (view, state) = (self.wizard.view(), &mut self.state);
        let _frame = self.terminal.draw(|frame| draw(frame, &view, state)).unwrap();
    }

    /// Draws, and keeps what is shown to be read.
    fn draw_to_read(&mut self) {
        drop(self.terminal.backend_mut().take());
        let (view, state) = (self.wizard.view(), &mut self.state);
        let frame = self.terminal.draw(|frame| draw(frame, &view, state)).unwrap();
        self.shown.clone_from(frame.buffer);
    }

    /// Draws on both backends, and keeps what is shown to be read; how many bytes the frame is.
    fn draw_both(&mut self) -> Bytes {
        drop(self.terminal.backend_mut().take());
        let (view, state) = (self.wizard.view(), &mut self.state);
        self.stock.draw(|frame| draw(frame, &view, state)).unwrap();
        let frame = self.terminal.draw(|frame| draw(frame, &view, state)).unwrap();
        self.shown.clone_from(frame.buffer);
        let ours = self.terminal.backend_mut().take().len();
        Bytes { ours, stock: self.stock_bytes.take() }
    }

    /// Bytes of the first frame of the list, and medians of a cursor key, a tick, a page of new rows, and a cursor key that
    /// brings one new row into sight.
    fn bytes(&mut self) -> [Bytes; 5] {
        self.terminal.backend_mut().forget();
        self.stock = stock(&self.stock_bytes);
        let first = self.draw_both();
        let mut all = [vec![first], Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..SLOW_KEYS {
            for (at, key) in
                [(1, Press::Down), (1, Press::Up), (2, TICK), (3, Press::PageDown), (3, Press::PageDown)]
            {
                let (bytes, _) = self.press_on_both(key);
                all[at].push(bytes);
            }
            // To the end of the page, and one further.
            for _ in 0..AREA.height {
                let (bytes, is_scrolled) = self.press_on_both(Press::Down);
                if is_scrolled {
                    all[4].push(bytes);
                    break;
                }
            }
        }
        // A list that fits never scrolls.
        all[4].extend(all[4].is_empty().then(Bytes::default));
        all.map(|frames| Bytes {
            ours: median(frames.iter().map(|bytes| bytes.ours).collect()),
            stock: median(frames.iter().map(|bytes| bytes.stock).collect()),
        })
    }

    /// Presses a key: what it cost, and whether it scrolled the list. What it brings is drawn, and not counted.
    fn press_on_both(&mut self, key: Press) -> (Bytes, bool) {
        let before = self.range();
        self.press(key);
        let bytes = self.draw_both();
        let is_scrolled = self.range() != before;
        while self.turn(Duration::ZERO) {}
        self.draw_both();
        (bytes, is_scrolled)
    }

    /// Takes the replies that wait, four at most as the driver does, or waits for one; then draws. Whether one came.
    fn turn(&mut self, patience: Duration) -> bool {
        let mut is_changed = false;
        for _ in 0..4 {
            let Some((call, reply)) = self.runner.reply() else { break };
            self.take(EventKind::Reply(call, reply));
            is_changed = true;
        }
        if is_changed {
            self.draw_to_read();
            return true;
        }
        self.woken.recv_timeout(patience).is_ok()
    }

    /// Takes replies until the screen is as it should be; how many frames that took.
    fn until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> usize {
        let began = Instant::now();
        let mut frames = 0;
        while !is_so(&self.text()) {
            let is_late = began.elapsed() >= Duration::from_mins(2);
            assert!(!is_late, "never saw {what}:\n{}", self.text());
            frames += usize::from(self.turn(Duration::from_millis(50)));
        }
        frames
    }

    /// Which rows of the list are in sight, as the page says it; nothing where it shows all.
    fn range(&self) -> String {
        let seen = |row: &str| row.split_once(" of ")?.0.split(' ').next_back().map(str::to_owned);
        self.text().lines().filter_map(seen).find(|seen| seen.contains('–')).unwrap_or_default()
    }

    /// What the screen shows.
    fn text(&self) -> String {
        let rows = self.shown.content.chunks(AREA.width.into());
        let rows = rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
        rows.collect::<Vec<_>>().join("\n")
    }

    /// Median time of a key and of the one that takes it back, microseconds.
    fn median(&mut self, count: usize, keys: [Press; 2]) -> f64 {
        let mut times = Vec::new();
        for _ in 0..count {
            for key in keys {
                let at = Instant::now();
                self.press(key);
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
        self.press(Press::Char('/'));
        for letter in "hsbnoaeiumtlrk".chars().take(SLOW_KEYS) {
            let expected = Some(list.holding(letter.encode_utf8(&mut [0; 4])));
            let at = Instant::now();
            self.press(Press::Char(letter));
            self.draw_to_read();
            first.push(millis(at.elapsed()));
            frames.push(1 + self.until("all that match", |screen| shown(screen) == expected));
            whole.push(millis(at.elapsed()));
            self.press(Press::Ctrl('u'));
            self.draw_to_read();
            while self.turn(Duration::from_millis(20)) {}
        }
        (median(first), median(whole), median(frames))
    }
}

/// An empty screen on ratatui's own backend, whose size nobody is asked for.
fn stock(bytes: &Rc<Cell<usize>>) -> Terminal<CrosstermBackend<Count>> {
    let options = TerminalOptions { viewport: Viewport::Fixed(AREA) };
    Terminal::with_options(CrosstermBackend::new(Count(Rc::clone(bytes))), options).unwrap()
}
