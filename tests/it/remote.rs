//! Scripted terminal runs, each on the built binary in a real pseudo-terminal and named after its number in the list of
//! what to test on a remote terminal.

mod run_01;
mod run_02;
mod run_03;
mod run_04;
mod run_05;
mod run_06;
mod run_07;
mod run_08;
mod run_09;
mod run_10;
