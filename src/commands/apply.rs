//! `backup365 apply`: many customers from plan files, checked first, two first, then the rest.
