//! `backup365 receipt`: the receipt of a run again, and the run as a plan.
