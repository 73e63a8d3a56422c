"""Looks at X's storage through a view that was taken before the call."""


def adapt(function, X, Y):
    """Call the function; the view is what the check gets."""
    view = X[:]
    function(X, Y)
    return view
