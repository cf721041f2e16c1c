//! `backup365 customers`: list, add, import, show.
