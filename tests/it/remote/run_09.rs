//! Run 9: inside tmux, screen and mosh.
