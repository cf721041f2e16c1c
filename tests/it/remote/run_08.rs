//! Run 8: pastes: with a newline, of many lines, with an end mark inside, of a megabyte.
