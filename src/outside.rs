//! Files and programs that people name. A file is read with a limit of bytes and of time: a FIFO, a device or a network
//! folder that hangs must not hang the program. A program is started without the secrets of this program's environment,
//! and one whose words are waited for is ended when its time is over.

pub mod child;
pub mod file;
