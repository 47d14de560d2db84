"""A Singer tap for BigCommerce."""
