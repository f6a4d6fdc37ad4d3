"""The IAM policies that the suite needs, made from the calls that it makes."""
