"""What connects the layers and needs no pytest: settings, the collection of evidence, publishing."""
