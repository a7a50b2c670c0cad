"""One module per format that announces itself: `recognises(start)` and `shape(path)`."""
