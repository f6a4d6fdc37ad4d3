"""Look: one module per AWS service, the only code that knows boto3. camelCase ends here."""
