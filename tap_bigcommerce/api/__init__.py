"""All that touches the network: one request, the shared quota, retries, errors, look-ahead."""
