"""From events to the four inputs of the score."""
