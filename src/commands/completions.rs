//! `backup365 completions` and `backup365 man`: what the shell and its manual take from the arguments.
