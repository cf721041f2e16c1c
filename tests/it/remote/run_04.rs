//! Run 4: every way out: the terminal as it was, the exit code, the process gone within two seconds.
