"""The wire between grader and worker: what is packed comes back, and what is hostile is refused."""

import math
import resource
import socket
import struct
import threading
import time

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.wire import frames as framing
from autograder.sandbox.wire import messages as wire
from autograder.sandbox.wire import values as packing
from autograder.sandbox.wire.packing import Packing

FRAMES = settings(max_examples=2000, deadline=None, database=None)
FLOATS = ["float16", "bfloat16", "float32", "float64"]


def equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and packing.values_of(one.detach()) == packing.values_of(other.detach())
    )


def read(frame: bytes) -> None:
    """All that the grader does with a frame, before anything of it is used."""
    body = wire.decode_reply(frame).body
    packed = []
    if isinstance(body, wire.Answer):
        packed = [*body.tensors, *(body.gradients or [])]
    elif isinstance(body, wire.Gradients):
        packed = body.gradients
    tensors = [packing.unpack(tensor) for tensor in packed if tensor is not None]
    if isinstance(body, wire.Answer):
        packing.unpack_value(body.value, tensors)
        for value in body.args or []:
            packing.unpack_value(value, tensors)


def refuses_or_reads(frame: bytes) -> None:
    try:
        read(frame)
    except framing.WireError as error:
        assert len(str(error)) < 500


# Round trips


@pytest.mark.parametrize("name", packing.DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 0, 4), (2, 1, 3)])
def test_dtypes_and_shapes_come_back(name, shape):
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(packing.DTYPES[name])
    assert equal(packing.unpack(packing.pack(tensor)), tensor)


@given(
    st.sampled_from(FLOATS),
    st.lists(st.floats(width=16), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_values_and_grads_come_back_bit_for_bit(name, values, requires_grad, with_grad):
    tensor = torch.tensor(values, dtype=packing.DTYPES[name], requires_grad=requires_grad)
    if requires_grad and with_grad:
        tensor.grad = tensor.detach() + 1
    back = packing.unpack(packing.pack(tensor))
    assert equal(back, tensor)
    assert (back.requires_grad, back.is_leaf) == (requires_grad, True)
    assert (back.grad is None) is (tensor.grad is None)
    if tensor.grad is not None and back.grad is not None:
        assert equal(back.grad, tensor.grad)


@pytest.mark.parametrize(
    "view",
    [
        lambda X: X.T,
        lambda X: X[::2],
        lambda X: X[:, 1::2],
        lambda X: X[::2, ::3],
        lambda X: X.expand(2, 4, 6),
        lambda X: X.permute(1, 0)[:, None],
    ],
)
def test_views_come_back_with_their_values(view):
    tensor = view(torch.arange(24.0).reshape(4, 6))
    back = packing.unpack(packing.pack(tensor))
    assert equal(back, tensor)
    assert back.stride() == tensor.stride() or 0 in tensor.stride()


def test_a_part_of_a_graph_comes_back_as_one():
    tensor = torch.ones(2, requires_grad=True) * 2
    back = packing.unpack(packing.pack(tensor))
    assert back.requires_grad
    assert not back.is_leaf


def test_one_object_gets_one_place():
    tensor, other = torch.ones(2), torch.ones(2)
    packer = Packing()
    tree = packer.value([tensor, {"w": (tensor, other)}, tensor])
    assert len(packer.tensors) == 2
    first, mapping, last = packing.unpack_value(tree, packer.tensors)
    assert first is tensor is last is mapping["w"][0]
    assert mapping["w"][1] is other


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
        | st.text(max_size=20),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=20,
    )
)  # fmt: skip
def test_plain_values_come_back(value):
    packer = Packing()
    answer = wire.Answer(packer.value(value), [], None, True)
    encoded = wire.encode(wire.Reply(0, answer))
    body = wire.decode_reply(encoded).body
    assert isinstance(body, wire.Answer)
    clean = packing.unpack_value(packer.value(value), [])  # lone surrogates are replaced on the way
    assert packing.unpack_value(body.value, []) == clean


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(2, dtype=torch.complex64),
        lambda: torch.eye(2).to_sparse(),
        lambda: torch.ones(2, device="meta"),
        lambda: torch.quantize_per_tensor(torch.ones(2), 1.0, 0, torch.qint8),
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
        lambda: torch.zeros(1).expand(10**12),
    ],
    ids=["complex", "sparse", "meta", "quantized", "nested", "a view of 1e12 elements"],
)
@pytest.mark.filterwarnings("ignore")
def test_what_does_not_travel_is_named(make):
    with pytest.raises(framing.WireError):
        packing.pack(make())


# Hostile frames


@FRAMES
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(frame):
    refuses_or_reads(frame)


def valid_frames() -> list[bytes]:
    leaf = torch.ones(2, 3, requires_grad=True)
    leaf.grad = torch.ones(2, 3)
    packed = packing.pack(leaf)
    strided = packing.pack(torch.arange(12.0).reshape(3, 4).T[::2])
    raised = wire.Raised("ValueError", "no", "1: x")
    bodies = [
        wire.Answer(
            packing.Ref(1), [packed, strided], [packing.Ref(0)], True, gradients=[packed, None]
        ),
        wire.Answer(
            packing.Sequence(
                [1, 2.5, "text", packing.Mapping([("w", packing.Ref(0))]), packing.Opaque("x")]
            ),
            [packed],
            None,
            False,
            raised,
            operators=3,
        ),
        wire.Gradients([packed, None], raised, "aten::softmax"),
        wire.CellOutput("text", 3, "1", [b"\x89PNG"], raised),
        wire.Found(["softmax(X)", None]),
    ]
    return [wire.encode(wire.Reply(number, body)) for number, body in enumerate(bodies)]


@pytest.mark.parametrize("frame", valid_frames())
def test_valid_frames_are_read(frame):
    read(frame)


@FRAMES
@given(
    st.sampled_from(valid_frames()),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
    st.integers(0, 400),
)
def test_mutated_frames_are_refused_or_read(frame, changes, cut):
    damaged = bytearray(frame)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    refuses_or_reads(bytes(damaged))
    refuses_or_reads(bytes(damaged[: cut % len(damaged)]))


NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 2**20, 2**31 - 1, 2**31, 2**63 - 1, -(2**63)])
SHAPES = st.lists(NUMBERS, max_size=4) | st.just([1] * 40) | st.just([0, 2**31 - 1, 2**31 - 1])
PACKED = st.builds(
    lambda *fields: list(fields),
    st.sampled_from([*packing.DTYPES, "complex64", "qint8", "", "x" * 9000]),
    SHAPES,
    st.sampled_from([0, 1, 2, 8, 24, 48]).map(lambda size: b"\x07" * size),
    st.none() | SHAPES,
    st.booleans(),
    st.booleans(),
    st.none() | st.builds(lambda s: ["float32", s, b"\0" * 24, None, True, True, None], SHAPES),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | st.text(max_size=5)
    | st.just(["t", 0]) | st.builds(lambda n: ["t", n], NUMBERS) | st.just(["o", "y" * 9000]),
    lambda inner: st.lists(inner).map(lambda items: ["s", items, True])
    | st.lists(st.tuples(st.text(max_size=3), inner)).map(lambda items: ["m", items]),
    max_leaves=8,
)  # fmt: skip
TENSORS = st.lists(st.none() | PACKED, max_size=3)
ANSWERS = st.builds(
    lambda *fields: ["answer", *fields],
    VALUES, TENSORS, st.none() | st.lists(VALUES, max_size=3), st.booleans(), st.none(),
    st.none() | TENSORS, st.none(), NUMBERS, NUMBERS,
)  # fmt: skip
GRADIENTS = TENSORS.map(lambda tensors: ["gradients", tensors])


@FRAMES
@given(NUMBERS, ANSWERS | GRADIENTS)
def test_well_formed_frames_with_hostile_values_are_refused_or_read(number, body):
    refuses_or_reads(msgspec.msgpack.encode([number, body]))


def nested(depth: int) -> bytes:
    """An answer whose value is a list in a list in a list."""
    inside = b"\x92\xa1s\x91" * depth + b"\xc0"
    return b"\x92\x00\x95\xa6answer" + inside + b"\x90\xc0\xc3"


def frame_of(value: object, tensors: object = ()) -> bytes:
    return msgspec.msgpack.encode([0, ["answer", value, tensors, None, True]])


BOMBS = {
    "nested a hundred deep": lambda: nested(100),
    "nested a million deep": lambda: nested(2**20),
    "a million small objects": lambda: frame_of(["s", [["o", ""]] * 2**20]),
    "sixteen million nothings": lambda: frame_of(["s", [None] * (2**24 - 100)]),
    "a million tensors": lambda: frame_of(None, [["float32", [0], b""]] * 10**6),
    "a long text": lambda: frame_of("x" * 2**23),
    "a list of 2^32 announced": lambda: b"\x92\x00\x95\xa6answer\xdd\xff\xff\xff\xff",
    "bytes of 2^32 announced": lambda: b"\x92\x00\x95\xa6answer\xc6\xff\xff\xff\xff",
    "a pickle": lambda: b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85R.",
    "invalid UTF-8": lambda: b"\x92\x00\x95\xa6answer\xa3\xed\xa0\x80\x90\xc0\xc3",
    "strides over 4 million": lambda: frame_of(
        ["t", 0], [["uint8", [2], b"\0\0", [2**20]]] * 1000
    ),
    "an empty tensor of impossible size": lambda: frame_of(
        ["t", 0], [["float32", [0, 2**31 - 1, 2**31 - 1], b""]]
    ),
    "grads of grads": lambda: frame_of(
        ["t", 0], [["uint8", [0], b"", None, False, True, ["uint8", [0], b"", None, False, True,
                    ["uint8", [0], b""]]]]
    ),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_take_neither_time_nor_memory(bomb):
    frame = BOMBS[bomb]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    refuses_or_reads(frame)
    assert time.monotonic() - started < 5
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 600 * 1024  # KiB


def test_a_bool_of_two_is_true():
    tensor = packing.unpack(packing.Packed("bool", [3], b"\x00\x01\x02"))
    assert tensor.tolist() == [False, True, True]
    assert tensor.eq(True).tolist() == [False, True, True]


# The connection


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_frames_cross_a_connection(ends):
    ours, theirs = ends
    for payload in (b"", b"x", b"y" * 100_000):
        sender = threading.Thread(target=framing.send_frame, args=(theirs, payload))
        sender.start()
        assert framing.FrameReader(ours).receive(time.monotonic() + 5) == payload
        sender.join()


@pytest.mark.parametrize("patient", [False, True])
def test_frames_that_come_together_are_taken_apart(ends, patient):
    ours, theirs = ends
    frames = framing.FrameReader(ours)
    payloads = [b"one", b"", b"x" * 5000, b"four"]
    for payload in payloads:
        framing.send_frame(theirs, payload)
    deadline = time.monotonic() + 5
    assert [frames.receive(deadline, patient=patient) for _ in payloads] == payloads
    with pytest.raises(framing.WireTimeout):
        frames.receive(time.monotonic() + 0.1, patient=patient)


def test_a_huge_announcement_is_refused_at_once(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack(">I", 2**32 - 1))
    with pytest.raises(framing.WireError, match="4,294,967,295 bytes"):
        framing.FrameReader(ours).receive(time.monotonic() + 5)


def test_one_byte_at_a_time_does_not_extend_the_deadline(ends):
    ours, theirs = ends
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack(">I", 1000))
        while not stop.wait(0.05):
            theirs.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    started = time.monotonic()
    with pytest.raises(framing.WireTimeout):
        framing.FrameReader(ours).receive(started + 0.5)
    assert time.monotonic() - started < 2
    stop.set()
    dripping.join()


def test_an_unread_request_does_not_block_the_grader(ends):
    ours, _ = ends
    with pytest.raises(framing.WireTimeout):
        framing.send_frame(ours, b"x" * 2**24, time.monotonic() + 0.3)


def test_a_closed_connection_is_a_worker_gone(ends):
    ours, theirs = ends
    theirs.sendall(b"\0\0")
    theirs.close()
    with pytest.raises(framing.WorkerGone):
        framing.FrameReader(ours).receive(time.monotonic() + 5)
