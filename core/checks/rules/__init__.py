"""The rules: one module per family, named like the first part of its rule ids."""
