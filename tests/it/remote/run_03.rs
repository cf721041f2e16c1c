//! Run 3: a terminal that answers nothing, one that answers late, and replies after the end.
