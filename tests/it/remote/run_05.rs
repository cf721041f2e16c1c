//! Run 5: what the environment says about colour, terminal and locale.
