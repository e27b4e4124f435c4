"""The forecaster's pages."""
