//! `backup365 provision`: the whole journey of one customer, every answer a flag.
