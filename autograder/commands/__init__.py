"""What each subcommand does: finds files, calls the grading, writes the reports."""
