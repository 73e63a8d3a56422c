"""One module a subcommand: it finds files, calls the modules that do the work, and prints."""
