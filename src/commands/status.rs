//! `backup365 status`: who is really protected, who waits for what, and the sweeps.
