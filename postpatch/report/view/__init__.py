"""What each section of the report shows, as plain values: templates only lay them out."""
