"""What is asked: rubric, prompt, schema, canaries, and the keys that tell questions apart."""
