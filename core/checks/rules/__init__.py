"""The rules: one module a family, named like the first part of its rule ids."""
