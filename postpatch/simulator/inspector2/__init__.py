"""Amazon Inspector v2, simulated: scans of hosts, the findings that follow from them, coverage and CIS scans."""
