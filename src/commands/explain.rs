//! `backup365 explain`: codes and words looked up offline.
