//! Run 10: no escape byte where there is no terminal.
