//! What use cases share: they know tables, and no use case.

pub(super) mod allowed;
pub(super) mod claim;
pub(super) mod clock;
pub(super) mod completion;
pub(super) mod entry;
pub(super) mod hold;
pub(super) mod identity;
pub(super) mod inviting;
pub(super) mod key_ring;
pub(super) mod known;
pub(super) mod list_target;
pub(super) mod lock;
pub(super) mod ownership;
pub(super) mod products;
pub(super) mod record;
pub(super) mod sealing;
pub(super) mod seating;
pub(super) mod standing;
pub(super) mod still_ours;
pub(super) mod vault;
pub(super) mod write;
