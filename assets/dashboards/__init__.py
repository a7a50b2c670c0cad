"""The static pages: facts read from the platform's tables, French sentences, a template each."""
