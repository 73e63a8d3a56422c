"""The built-ins that an exercise forbids, because they would do its work, and how they are found."""

from dataclasses import dataclass

OPTIMIZER_STEP = "optimizer.step"
"""In a list of operators: the step of any `torch.optim` optimizer, which is no operator."""


@dataclass(frozen=True)
class Forbidden:
    """The built-ins that an exercise forbids; every entry is a shell-style pattern.

    names: names inside torch, for the message: `torch.softmax`, `torch.nn.Softmax`.
    operators: names of aten operators (`_softmax`, without overload) that raise when called.
    modules: modules of which nothing may be used, where there is no operator to watch.
    """

    names: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse `("logsumexp")`, which is a text, and would be taken for a list of letters."""
        for patterns in (self.names, self.operators, self.modules):
            if not isinstance(patterns, tuple):
                raise TypeError(f"a tuple of patterns is needed, such as ({patterns!r},)")

    def __or__(self, other: "Forbidden") -> "Forbidden":
        """Both lists together."""
        return Forbidden(
            (*self.names, *other.names),
            (*self.operators, *other.operators),
            (*self.modules, *other.modules),
        )


SOFTMAX = Forbidden(
    # Attention is a softmax of products, and one of them may be the identity matrix.
    names=(
        "*softmax*", "*Softmax*", "softmin", "Softmin", "*LogSoftmax*",
        "scaled_dot_product_attention", "multi_head_attention_forward", "MultiheadAttention",
    ),
    operators=("*softmax*", "*attention*"),
)  # fmt: skip
LOSSES = Forbidden(
    names=(
        "cross_entropy", "cross_entropy_loss", "linear_cross_entropy", "CrossEntropyLoss",
        "nll_loss*", "NLLLoss*", "kl_div", "KLDivLoss",
    ),
    operators=("nll_loss*", "cross_entropy_loss", "kl_div"),
)  # fmt: skip
OPTIMIZERS = Forbidden(
    names=("_foreach_*", "_fused_sgd*", "_fused_ada*"),
    operators=("_foreach_*", "_fused_sgd*", "_fused_ada*", OPTIMIZER_STEP),
    modules=("torch.optim",),
)
DROPOUT = Forbidden(names=("*dropout*", "*Dropout*"), operators=("*dropout*",))
