"""One module per kind of input; `core.readers.reader_registry` lists them."""
