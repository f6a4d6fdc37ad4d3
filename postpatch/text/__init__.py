"""Text from elsewhere, made safe to show: no credential, nothing invisible, no runner's command, never endless."""
