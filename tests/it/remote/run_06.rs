//! Run 6: a list full of hostile names.
