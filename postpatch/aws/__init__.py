"""Collect data from AWS: one module per service. This is the only code that knows boto3 and AWS's camelCase names."""
