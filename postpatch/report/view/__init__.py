"""The content of each section of the report as plain values; the templates only arrange them."""
