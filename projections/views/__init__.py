"""The views, one a file: row types and a pure fold, registered in `projections.VIEWS`."""
