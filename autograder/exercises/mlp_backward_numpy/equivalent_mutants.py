"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ dZ = dO @ W2.T * (Z >= 0)": "no entry of Z is at the kink: the contract rules it out",
}
