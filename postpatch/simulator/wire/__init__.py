"""AWS's wire: requests in, answers out, as botocore's service models describe them."""
