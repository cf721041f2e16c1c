//! The thread that writes the log: whoever has something to log hands it over and goes on, however slow the disk is.
//!
//! On a home folder that hangs, a line that was written by the thread of the calls would stop every call.

use std::{
    io,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    time::Duration,
};

/// Lines that wait to be written at most; more are lost, and counted. A guess: 16 MiB of the longest ones.
const WAITING: usize = 1_024;

/// How long the end of the program waits for lines that are not written yet.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How long it waits for room in a full queue. A guess.
const FULL: Duration = Duration::from_millis(5);

/// What the thread is told.
pub(super) enum Order {
    /// To write a line.
    Write(String),
    /// To say when everything before this is written.
    Tell(SyncSender<()>),
}

/// Hands lines to the thread.
pub(super) struct Pen {
    orders: Mutex<Option<SyncSender<Order>>>,
    lost: AtomicU32,
}

impl Pen {
    /// A pen without a thread.
    pub(super) const fn new() -> Self {
        Self { orders: Mutex::new(None), lost: AtomicU32::new(0) }
    }

    /// Starts the thread, which writes with `append` for as long as the program runs.
    ///
    /// # Errors
    /// The system gives no thread; lines are to be written by whoever has them, then.
    pub(super) fn start(&self, append: impl FnMut(&str) + Send + 'static) -> io::Result<()> {
        let (orders, taken) = sync_channel(WAITING);
        std::thread::Builder::new().name("backup365-log".into()).spawn(move || write_on(&taken, append))?;
        *self.orders() = Some(orders);
        Ok(())
    }

    /// Hands a line over; gives it back where there is no thread.
    pub(super) fn write(&self, line: String) -> Result<(), String> {
        let mut orders = self.orders();
        let Some(to) = orders.as_ref() else { return Err(line) };
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 && to.try_send(Order::Write(format!("{lost} lines are missing here\n"))).is_ok() {
            self.lost.store(0, Ordering::Relaxed);
        }
        match to.try_send(Order::Write(line)) {
            Err(TrySendError::Full(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(TrySendError::Disconnected(Order::Write(line))) => {
                *orders = None;
                Err(line)
            }
            Ok(()) | Err(TrySendError::Disconnected(Order::Tell(_))) => Ok(()),
        }
    }

    /// Waits until what was handed over is written, for a second at most.
    pub(super) fn finish(&self) {
        let Some(orders) = self.orders().take() else { return };
        let (tells, told) = sync_channel(1);
        let mut order = Order::Tell(tells);
        let mut left = LAST_LINES;
        while let Err(TrySendError::Full(full)) = orders.try_send(order) {
            let Some(rest) = left.checked_sub(FULL) else { return };
            (order, left) = (full, rest);
            std::thread::sleep(FULL);
        }
        let _in_time = told.recv_timeout(left).is_ok();
    }

    fn orders(&self) -> std::sync::MutexGuard<'_, Option<SyncSender<Order>>> {
        self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Writes until nothing more can come.
fn write_on(orders: &Receiver<Order>, mut append: impl FnMut(&str)) {
    while let Ok(order) = orders.recv() {
        match order {
            Order::Write(line) => append(&line),
            Order::Tell(told) => {
                let _is_heard = told.send(()).is_ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;

    #[test]
    fn a_disk_that_hangs_keeps_nobody_waiting_and_what_is_lost_is_counted() {
        let pen = Pen::new();
        assert_eq!(pen.write("early\n".into()), Err("early\n".into()), "there is no thread yet");
        let (let_go, hangs) = mpsc::channel::<()>();
        let written = Arc::<Mutex<Vec<String>>>::default();
        let into = Arc::clone(&written);
        pen.start(move |line| {
            // Let go for good once the test drops its end.
            let _hung = hangs.recv().is_ok();
            into.lock().unwrap().push(line.to_owned());
        })
        .unwrap();
        for number in 0..WAITING + 10 {
            pen.write(format!("{number}\n")).unwrap();
        }
        drop(let_go);
        for _ in 0..6_000 {
            if written.lock().unwrap().len() >= WAITING {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        pen.write("last\n".into()).unwrap();
        pen.finish();
        let written = written.lock().unwrap();
        assert_eq!(written.last().unwrap(), "last\n");
        assert!(
            written[written.len() - 2].ends_with(" lines are missing here\n"),
            "{:?}",
            &written[WAITING..]
        );
        assert!(written.iter().take(WAITING).enumerate().all(|(at, line)| *line == format!("{at}\n")));
    }
}
