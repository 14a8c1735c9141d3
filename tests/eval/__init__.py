"""How well the extractors read, against what people decided."""
