"""What a record is: its fields, its JSON Schema, and the way from BigCommerce's form to it."""
