"""The endpoints, one module per domain of the API."""
