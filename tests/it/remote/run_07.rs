//! Run 7: keys that arrive cut up, unknown, alone, or two hundred at once.
