"""One module a kind of input; `core.readers.reader_registry` lists them."""
