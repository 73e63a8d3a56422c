"""The built-ins that an exercise forbids, because they would do its work, and how they are found."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

OPTIMIZER_STEP = "optimizer.step"
"""In a list of operators: the step of any `torch.optim` optimizer, which is no operator."""
AUTOGRAD_BACKWARD = "autograd.backward"
"""In a list of operators: every gradient that autograd or `torch.func` computes; values stay free."""
MATRIX_PRODUCT = "__matmul__"
"""In a list of methods: the operator `@`, on arrays too."""


@dataclass(frozen=True)
class Forbidden:
    """The built-ins that an exercise forbids; every entry is a shell-style pattern.

    names: names inside torch, for the message: `softmax`, `Softmax`; with a dot, the end of a path:
        `autograd.grad`, where `grad` alone would forbid too much.
    operators: names of aten operators (`_softmax`, without overload) that raise when called.
    modules: modules, classes or functions by their full names (no patterns), in torch and beyond, of
        which nothing may be used: where there is no operator to watch.
    methods: methods of objects beyond torch that are not followed: `choice` of a NumPy generator.
    """

    names: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse `("logsumexp")`, which is a text, and would be taken for a list of letters."""
        for patterns in (self.names, self.operators, self.modules, self.methods):
            if not isinstance(patterns, tuple):
                raise TypeError(f"a tuple of patterns is needed, such as ({patterns!r},)")

    def __or__(self, other: "Forbidden") -> "Forbidden":
        """Both lists together."""
        return Forbidden(
            _together(self.names, other.names),
            _together(self.operators, other.operators),
            _together(self.modules, other.modules),
            _together(self.methods, other.methods),
        )

    def has_name(self, name: str) -> bool:
        """Whether a name inside torch is forbidden by itself."""
        return any(fnmatchcase(name, pattern) for pattern in self.names)

    def has_module(self, path: str) -> bool:
        """Whether a full name is one of `modules`, or lies inside one."""
        return any(f"{path}.".startswith(f"{module}.") for module in self.modules)

    def forbids(self, path: str) -> bool:
        """Whether a full name is forbidden: `torch.special.softmax`, `numpy.dot`, `numpy.ndarray.dot`."""
        root, *parts = path.split(".")
        if self.has_module(path):
            return True
        if root != "torch":
            return bool(parts) and parts[-1] in self.methods
        ends = (pattern for pattern in self.names if "." in pattern)
        return any(map(self.has_name, parts)) or any(fnmatchcase(path, f"*.{end}") for end in ends)

    @property
    def enforced(self) -> list[str]:
        """The words that tell a worker which functions raise when they are called."""
        return [*self.operators, *self.modules]


def _together(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


ELSEWHERE = Forbidden(
    modules=(
        "torch._refs", "torch._decomp", "torch._prims", "torch._inductor", "torch._numpy",
        "torch.distributed.optim", "torch.jit._decompositions", "torch.optim._functional",
        "torch.testing._internal",
    ),
)  # fmt: skip
"""Where torch has its operators a second time, written in Python. Every list below has it."""
_OTHER_KERNELS = ("torch.ops.mkldnn", "torch.ops.mkl", "torch.ops.prepacked")
"""Where libraries below torch have products and convolutions beside aten's operators."""
_SKLEARN = ("sklearn.neural_network", "sklearn._loss")
"""Where scikit-learn has activations, losses and optimizers for itself, written for NumPy."""

SOFTMAX = ELSEWHERE | Forbidden(
    # Attention is a softmax of products, and one of them may be the identity matrix.
    names=(
        "*softmax*", "*Softmax*", "softmin", "Softmin",
        "scaled_dot_product_attention", "multi_head_attention_forward", "MultiheadAttention",
    ),
    operators=("*softmax*", "*attention*"),
    modules=(
        "torch.distributions", "scipy.special.softmax", "scipy.special.log_softmax",
        "sklearn.utils.extmath.softmax", *_SKLEARN,
    ),
)  # fmt: skip
LOSSES = ELSEWHERE | Forbidden(
    names=(
        "cross_entropy", "cross_entropy_loss", "linear_cross_entropy", "CrossEntropyLoss",
        "nll_loss*", "NLLLoss*", "kl_div", "KLDivLoss", "ctc_loss", "CTCLoss",
        "binary_cross_entropy*", "BCELoss", "BCEWithLogitsLoss",
    ),
    operators=(
        "nll_loss*", "cross_entropy_loss", "kl_div", "*ctc_loss", "binary_cross_entropy*",
    ),
    modules=(
        "torch.distributions", "scipy.special.rel_entr", "scipy.special.kl_div", "scipy.stats",
        "sklearn.metrics", *_SKLEARN,
    ),
)  # fmt: skip
"""Losses of probabilities and logits: a distribution's `log_prob` is one, and so is CTC's of one step."""
SQUARED_LOSSES = ELSEWHERE | Forbidden(
    names=(
        "mse_loss", "MSELoss", "huber_loss", "HuberLoss", "smooth_l1_loss", "SmoothL1Loss",
        "gaussian_nll_loss", "GaussianNLLLoss",
    ),
    operators=("mse_loss", "huber_loss", "smooth_l1_loss"),
    modules=(
        "torch.distributions", "torch.nn.functional.gaussian_nll_loss", "scipy.special.huber",
        "scipy.special.pseudo_huber", "sklearn.metrics", *_SKLEARN,
    ),
)  # fmt: skip
OPTIMIZERS = ELSEWHERE | Forbidden(
    names=("_foreach_*", "_fused_sgd*", "_fused_ada*"),
    operators=("_foreach_*", "_fused_sgd*", "_fused_ada*", OPTIMIZER_STEP),
    modules=(
        "torch.optim",
        # Functions of a module whose names begin with an underscore are helpers, except for these.
        "torch.optim.sgd._single_tensor_sgd", "torch.optim.adam._single_tensor_adam",
        "sklearn.neural_network",
    ),
)  # fmt: skip
CLIPPING = ELSEWHERE | Forbidden(
    names=("clip_grad_norm*", "clip_grads_with_norm*", "get_total_norm", "_foreach_*"),
    operators=("_foreach_*",),
    modules=(
        "torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm",
        "torch.nn.utils.clip_grads_with_norm_",
        "torch.nn.utils.get_total_norm",
        "torch.nn.utils.clip_grad._clip_grads_with_norm_", "torch.nn.utils.clip_grad._get_total_norm",
    ),
)  # fmt: skip
"""Clipping by the norm of all gradients; `norm` is free."""
DROPOUT = ELSEWHERE | Forbidden(names=("*dropout*", "*Dropout*"), operators=("*dropout*",))
AUTOGRAD = Forbidden(
    names=(
        "backward", "autograd.grad", "autograd.functional.*", "forward_ad.*", "func.grad*",
        "func.vjp", "func.jvp", "func.jacrev", "func.jacfwd", "func.hessian", "func.linearize",
    ),
    operators=(AUTOGRAD_BACKWARD,),
)  # fmt: skip
"""Gradients that autograd computes. Values of operators, `no_grad` and reading a `.grad` are free."""
CONVOLUTIONS = ELSEWHERE | Forbidden(
    names=("conv[123]d", "conv_*", "*convolution*", "*Conv[123]d", "*ConvTranspose[123]d"),
    operators=("*conv[123]d", "*conv[123]d_forward", "*conv_depthwise*", "conv_*", "*convolution*",
               "slow_conv*"),
    modules=(
        "numpy.convolve", "numpy.correlate", "scipy.signal", "scipy.ndimage", "skimage", "cv2",
        "torchvision", *_OTHER_KERNELS,
    ),
)  # fmt: skip
"""`pad`, `unfold`, `fold`, `as_strided` and Fourier transforms are free."""
POOLINGS = ELSEWHERE | Forbidden(
    names=("*pool[123]d*", "*Pool[123]d"),
    operators=("*pool[123]d*",),
    modules=("scipy.ndimage", "skimage", "cv2", "torchvision"),
)
NORMALIZATIONS = ELSEWHERE | Forbidden(
    names=(
        "*batch_norm*", "*instance_norm*", "*group_norm*", "*layer_norm*", "*rms_norm*",
        "*BatchNorm*", "*InstanceNorm*", "GroupNorm", "LayerNorm", "RMSNorm",
    ),
    operators=("*batch_norm*", "instance_norm", "*group_norm*", "*layer_norm*", "*rms_norm*"),
    modules=("scipy.stats", "sklearn.preprocessing"),
)  # fmt: skip
RECURRENT = ELSEWHERE | Forbidden(
    names=("*lstm*", "*gru", "*gru_cell*", "rnn_*", "*_rnn*", "RNN*", "LSTM*", "GRU*"),
    operators=("*lstm*", "*gru", "*gru_cell*", "*rnn_*", "*_rnn*"),
)
DISTANCES = ELSEWHERE | Forbidden(
    names=("cdist", "pdist", "pairwise_distance", "PairwiseDistance", "_euclidean_dist"),
    operators=("cdist", "_cdist_forward", "pdist", "_pdist_forward", "pairwise_distance",
               "_euclidean_dist"),
    modules=("scipy.spatial", "sklearn.metrics", "sklearn.neighbors"),
)  # fmt: skip
"""Distances of all pairs; norms are free."""
NORMS = DISTANCES | Forbidden(
    names=(
        "norm", "linalg.*norm*", "renorm*", "dist", "norm_except_dim", "frobenius_norm", "nuclear_norm",
        "lp_pool*", "LPPool*",
    ),
    operators=(
        "norm", "native_norm", "linalg_norm", "linalg_vector_norm", "linalg_matrix_norm",
        "frobenius_norm", "nuclear_norm", "renorm*", "embedding_renorm*", "dist",
        "norm_except_dim", "_weight_norm*", "_foreach_norm",
    ),
    modules=(
        "numpy.linalg.norm", "numpy.linalg.vector_norm", "numpy.linalg.matrix_norm",
        "scipy.linalg.norm", "math.dist", "math.hypot", "sklearn.preprocessing",
        "sklearn.utils.extmath.row_norms",
        *(f"torch.nn.functional.lp_pool{dims}d" for dims in (1, 2, 3)),
    ),
)  # fmt: skip
"""The names `p_norm`, `normal` and `normalize` don't match."""
COSINE_SIMILARITY = ELSEWHERE | Forbidden(
    names=("cosine_similarity", "CosineSimilarity", "cosine_embedding_loss", "CosineEmbeddingLoss",
           "functional.normalize"),
    operators=("cosine_similarity", "cosine_embedding_loss"),
    modules=(
        "torch.nn.functional.normalize", "scipy.spatial", "sklearn.metrics", "sklearn.preprocessing",
    ),
)  # fmt: skip
"""Norms and `dot` are free."""
MATRIX_PRODUCTS = CONVOLUTIONS | Forbidden(
    names=(
        "matmul", "mm", "mv", "dot", "vdot", "vecdot", "inner", "einsum", "tensordot", "linear",
        "Linear", "bilinear", "Bilinear", "bmm", "addmm*", "addmv*", "addbmm*", "baddbmm*",
        "chain_matmul", "multi_dot", "matrix_power", "smm", "hspmm", "sspaddmm", "_int_mm", "_scaled_mm*",
        "sampled_addmm", "embedding_bag", "EmbeddingBag", "scaled_dot_product_attention",
        "_compute_linear_combination",
    ),
    operators=(
        "matmul", "linalg_matmul", "mm", "mv", "dot", "vdot", "linalg_vecdot", "inner", "einsum",
        "tensordot", "linear", "bilinear", "_trilinear", "bmm", "addmm*", "addmv*", "addbmm*",
        "baddbmm*", "chain_matmul", "linalg_multi_dot", "smm", "hspmm", "sspaddmm", "_sparse_mm",
        "_sparse_addmm", "_int_mm", "_scaled_mm*", "_addmm_activation", "mkldnn_linear",
        "_sparse_sparse_matmul", "sparse_sampled_addmm", "_foreach_mm", "embedding_bag",
        "_embedding_bag*", "*scaled_dot_product*", "_compute_linear_combination",
    ),
    modules=(
        *(f"numpy.{name}" for name in (
            "dot", "matmul", "vdot", "inner", "einsum", "tensordot", "vecdot", "matvec", "vecmat",
            "linalg.multi_dot", "linalg.matmul", "linalg.vecdot", "linalg.tensordot",
            "linalg.matrix_power", "matrix", "asmatrix", "bmat", "matlib", "_core", "core",
        )),
        "operator.matmul", "operator.imatmul", "operator.__matmul__", "operator.__imatmul__",
        "_operator.matmul", "_operator.imatmul",
        "scipy.linalg.blas", "scipy.sparse", "opt_einsum", "sklearn.metrics", "sklearn.utils.extmath",
    ),
    methods=("dot", MATRIX_PRODUCT),
)  # fmt: skip
"""Every product that sums; `outer` is free."""
LEAST_SQUARES = ELSEWHERE | Forbidden(
    names=("lstsq", "pinv", "pinverse"),
    operators=("linalg_lstsq", "linalg_pinv", "pinverse"),
    modules=(
        "numpy.linalg.lstsq", "numpy.linalg.pinv", "numpy.polyfit", "scipy.linalg.lstsq",
        "scipy.linalg.pinv", "scipy.linalg.pinvh", "scipy.optimize", "scipy.sparse.linalg",
        "sklearn.linear_model",
        # The same below NumPy's and SciPy's own names.
        "numpy.linalg._umath_linalg.lstsq", "numpy.linalg.lapack_lite.dgelsd",
        "numpy.linalg.lapack_lite.zgelsd",
        *(f"scipy.linalg.lapack.{kind}gels{way}" for kind in "sdcz" for way in ("", "d", "s", "y")),
    ),
)  # fmt: skip
"""`inv`, `solve`, QR and SVD are free."""
SAMPLING = ELSEWHERE | Forbidden(
    names=("multinomial", "gumbel_softmax"),
    operators=("multinomial",),
    modules=(
        "torch.nn.functional.gumbel_softmax", "numpy.random.choice", "numpy.random.multinomial",
        "random.choice", "random.choices", "scipy.stats.multinomial", "scipy.stats.rv_discrete",
        *(f"torch.distributions.{name}" for name in (
            "Categorical", "OneHotCategorical", "OneHotCategoricalStraightThrough",
            "RelaxedOneHotCategorical", "Multinomial",
        )),
    ),
    methods=("choice", "choices", "multinomial"),
)  # fmt: skip
"""Drawing from categories; uniform, exponential and normal numbers are free."""
UNBROADCASTING = ELSEWHERE | Forbidden(
    names=("sum_to_size",),
    operators=("sum_to_size",),
    modules=("torch.autograd._functions",),
)
ACTIVATIONS = ELSEWHERE | Forbidden(
    names=(
        "relu*", "sigmoid*", "tanh*", "expit", "*elu", "*elu_", "*ReLU*", "Sigmoid", "Tanh", "*ELU",
        "silu", "SiLU", "mish", "Mish", "hardtanh*", "Hardtanh", "hardsigmoid", "Hardsigmoid",
        "hardswish", "Hardswish", "threshold*", "Threshold", "glu", "GLU",
    ),
    operators=(
        "relu*", "sigmoid*", "special_expit", "tanh*", "*elu", "*elu_", "_prelu_kernel", "silu*",
        "mish*", "hardtanh*", "hardsigmoid*", "hardswish*", "rrelu*", "threshold*", "glu",
    ),
    modules=("scipy.special.expit", "scipy.stats", "numpy.tanh", "math.tanh", *_SKLEARN),
)  # fmt: skip
"""relu, sigmoid, tanh and functions made of them; `logsigmoid`, `softplus`, `erf`, `clamp` are free."""
ATTENTION = ELSEWHERE | Forbidden(
    names=(
        "scaled_dot_product_attention", "multi_head_attention_forward", "MultiheadAttention",
        "Transformer*", "_masked_softmax", "*_attention*", "_transformer_encoder*",
    ),
    operators=("_masked_softmax", "*attention*", "_transformer_encoder*"),
    modules=(
        "torch.masked",
        "torch.nn.MultiheadAttention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.modules.transformer",
    ),
)  # fmt: skip
"""`softmax`, `log_softmax` and `logsumexp` are free."""
DATA_LOADERS = ELSEWHERE | Forbidden(
    names=("DataLoader",),
    modules=("torch.utils.data.DataLoader", "torch.utils.data.dataloader.DataLoader"),
)
