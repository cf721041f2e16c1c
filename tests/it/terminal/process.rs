//! The program as a process, and its window as a thing that can be pulled about: what the tests of a bad terminal need.

use std::{thread, time::Duration};

use portable_pty::PtySize;

use super::{Instant, Terminal, cells};

/// What the system knows about a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Times that any of its threads was put on a processor.
    pub(crate) wakes: u64,
    /// Time on the processor, in ticks of the system's clock (usually 10 ms).
    pub(crate) ticks: u64,
}

impl Terminal {
    /// The number of the process in the window.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Writes bytes, all in one write; they need not be text.
    pub(crate) fn sends(&mut self, bytes: &[u8]) -> &mut Self {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
        self
    }

    /// Gives the window another size; 0 is allowed.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.screen.lock().unwrap().screen_mut().set_size(cells(rows), cells(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
        self
    }

    /// Waits until nothing has been written to the terminal for this long; says how many bytes were written ever.
    pub(crate) fn quiet(&self, quiet: Duration) -> usize {
        let until = Instant::now() + super::DEADLINE;
        let (mut seen, mut since) = (self.bytes().len(), Instant::now());
        while since.elapsed() < quiet {
            assert!(Instant::now() < until, "the program never fell silent; it shows:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
            let now = self.bytes().len();
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
        }
        seen
    }

    /// What the process has used so far, all threads together; none once it is gone.
    pub(crate) fn usage(&self) -> Option<Usage> {
        Usage::of(self.process())
    }
}

impl Usage {
    /// What any process has used so far, all threads together; none once it is gone.
    pub(crate) fn of(process: u32) -> Option<Self> {
        let folder = format!("/proc/{process}/task");
        let (mut wakes, mut ticks) = (0, 0);
        for task in std::fs::read_dir(folder).ok()? {
            let task = task.ok()?.path();
            let status = std::fs::read_to_string(task.join("status")).ok()?;
            wakes += status
                .lines()
                .filter(|line| line.contains("ctxt_switches"))
                .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
                .sum::<u64>();
            // After the name in brackets: state is the first field, user and system time the 12th and 13th.
            let stat = std::fs::read_to_string(task.join("stat")).ok()?;
            let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
            ticks += fields.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>();
        }
        Some(Self { wakes, ticks })
    }
}
