"""What a student reads about a mistake: its name, a counterexample, advice, sentences."""
