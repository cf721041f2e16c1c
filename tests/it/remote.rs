//! Scripted terminal runs, each on the built binary in a real pseudo-terminal: the list of what to test on a remote
//! terminal, in its order.

mod environment;
mod frames;
mod hostile_names;
mod keys;
mod multiplexers;
mod pastes;
mod pipes;
mod replies;
mod resize;
mod ways_out;
