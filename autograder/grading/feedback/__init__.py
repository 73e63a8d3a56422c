"""The feedback on a mistake: its name, a counterexample, advice, sentences."""
