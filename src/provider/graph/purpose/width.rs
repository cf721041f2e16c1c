//! How many requests for mailboxes may be out at once, for all organisations together: Outlook's limit is stated for an
//! application (reference, section 10.3).
//!
//! One at first, one more after each that was answered without a 429, and one from the first 429 on, for the rest of the
//! process. Two hundred small customers who are asked about side by side would otherwise each find out by itself, and wait a
//! second each time.

use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::lock::lock;

/// Most requests in flight.
const WIDEST: usize = 4;

/// The places for requests, and how many there are.
#[derive(Debug)]
pub(in super::super) struct Width {
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Places, taken and free: 1 to [`WIDEST`].
    places: usize,
    is_throttled: bool,
}

impl Default for Width {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(1)),
            state: Mutex::new(State { places: 1, is_throttled: false }),
        }
    }
}

impl Width {
    /// Waits for a place. Safe to drop at any await; none only where the client is being taken down.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// The request that had this place was answered; `is_clean`: without a 429.
    pub(super) fn give_back(&self, place: OwnedSemaphorePermit, is_clean: bool) {
        let mut state = lock(&self.state);
        state.is_throttled |= !is_clean;
        if state.is_throttled {
            state.places -= self.permits.forget_permits(state.places - 1);
            if state.places > 1 {
                state.places -= 1;
                place.forget();
            }
        } else if state.places < WIDEST {
            state.places += 1;
            self.permits.add_permits(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(width: &Width) -> usize {
        width.permits.available_permits()
    }

    #[tokio::test]
    async fn it_widens_until_the_first_429_and_never_again() {
        let width = Width::default();
        let mut widths = Vec::new();
        for _ in 0..5 {
            widths.push(free(&width));
            width.give_back(width.place().await.unwrap(), true);
        }
        assert_eq!(widths, [1, 2, 3, 4, 4]);
        let (one, other, third) =
            (width.place().await.unwrap(), width.place().await.unwrap(), width.place().await.unwrap());
        width.give_back(one, false);
        assert_eq!(free(&width), 0, "two are still out");
        width.give_back(other, false);
        width.give_back(third, true);
        assert_eq!(free(&width), 1);
        width.give_back(width.place().await.unwrap(), true);
        assert_eq!(free(&width), 1);
    }
}
