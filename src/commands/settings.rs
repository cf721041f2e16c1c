//! `backup365 settings`: each value and where it came from.
