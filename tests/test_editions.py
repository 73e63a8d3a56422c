"""Editions in NumPy: the other exercise's reference and function name, arrays in and out, values alone."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.authoring.record import record_notebook
from autograder.checking import assert_array_dtype_kept, assert_arrays_unchanged, assert_same_arrays
from autograder.checking.failures import CheckFailure
from autograder.grading.at_home import judge_at_home
from autograder.grading.editions import on_arrays, originals_of
from autograder.grading.judges import Reference
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course, read_source
from autograder.notebooks.exercises import Exercise, ExerciseError
from autograder.sandbox.limits import Limits
from autograder.sandbox.student import LocalBackend, Student
from tests.one_class import ROOT, OneClass

NAIVE = "def softmax(X):\n    E = np.exp(X)\n    return E / E.sum(1, keepdims=True)\n"
SHIFTED = NAIVE.replace("np.exp(X)", "np.exp(X - X.max(1, keepdims=True))")
STUB = "def softmax(X):\n    raise NotImplementedError()\n"
BUILT_IN = (
    "import torch\ndef softmax(X):\n    return torch.softmax(torch.from_numpy(X), 1).numpy()\n"
)
TENSOR = """
import torch
def softmax(X):
    E = (torch.from_numpy(X) - torch.from_numpy(X).amax(1, keepdim=True)).exp()
    return E / E.sum(1, keepdim=True)
"""


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(ROOT)


def source_of(course: Course):
    return course.home_of("softmax_numpy")


# The exercise


def test_an_edition_keeps_the_plain_name(course: Course) -> None:
    exercise = course.exercise("softmax_numpy")
    assert (exercise.edition_of, exercise.function) == ("softmax", "softmax")
    assert (course.exercise("softmax").edition_of, course.exercise("softmax").function) == (
        None,
        "softmax",
    )
    assert list(exercise.mistake_namespace("over_the_batch")) == ["softmax"]


def test_what_is_no_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "edition.py").write_text("EDITION_OF = 3\n")
    with pytest.raises(ExerciseError, match="EDITION_OF"):
        _ = Exercise(tmp_path).function


def test_the_reference_is_that_of_the_other_exercise(course: Course) -> None:
    source = source_of(course)
    [(function, notebook)] = originals_of(source, course.exercise_folders).items()
    assert (function, notebook.name) == ("softmax", "softmax")
    reference = Reference(source, course.exercise_folders)
    assert "amax" in reference.source
    X = np.array([[1000.0, 1001.0]], dtype=np.float32)
    result = reference.functions["softmax"](X)
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.float32
    assert np.allclose(result, [[0.26894143, 0.73105857]])


def test_without_the_other_exercise_its_own_solution_is_the_reference(tmp_path: Path) -> None:
    folder = tmp_path / "exercises" / "f_numpy"
    folder.mkdir(parents=True)
    (folder / "test_f_numpy.py").write_text("")
    (folder / "edition.py").write_text('EDITION_OF = "f"\n')
    path = tmp_path / "solutions" / "a" / "f_numpy.ipynb"
    path.parent.mkdir(parents=True)
    cells = [
        {"grade_id": "f_numpy", "solution": True},
        {"grade_id": "check_f_numpy", "grade": True, "points": 1},
    ]
    sources = ["def f(X):\n    return 2 * X", 'check("f_numpy")']
    made = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": cell}}
        for source, cell in zip(sources, cells, strict=True)
    ]
    path.write_text(json.dumps({"nbformat": 4, "cells": made}))
    notebook = read_source(path)
    assert originals_of(notebook, [tmp_path / "exercises"]) == {}
    assert Reference(notebook, [tmp_path / "exercises"]).functions["f"](np.ones(1)) == [2.0]


def test_several_results_become_arrays() -> None:
    first, number = on_arrays(lambda X, n: (X * n, n))(np.ones(2), 3)
    assert isinstance(first, np.ndarray)
    assert (first.tolist(), number) == ([3.0, 3.0], 3)


# Promises


def student(function) -> Student:
    return Student(LocalBackend({"f": function}))


def failure(function, *arguments, **options) -> str:
    def double(*given):
        return given[0] * 2

    with pytest.raises(CheckFailure) as caught:
        assert_same_arrays(student(function).f, student(double).f, *arguments, **options)
    return str(caught.value)


def test_arrays_come_and_go_with_their_strides() -> None:
    seen = []

    def f(X):
        seen.append(X)
        return X * 2

    X = torch.arange(6.0).reshape(2, 3).T
    assert_same_arrays(student(f).f, student(f).f, X)
    assert isinstance(seen[-1], np.ndarray)
    assert seen[-1].shape == (3, 2)
    assert not seen[-1].flags.c_contiguous


def test_what_is_no_array_is_told_in_words() -> None:
    X = torch.ones(2, 3)
    assert failure(lambda X: None, X) == "`f` returned None: is a `return` missing?"
    assert "is a Python list; it should be a NumPy array" in failure(lambda X: X.tolist(), X)
    assert "is a single float32 number; it should be" in failure(lambda X: X.sum(), X)
    assert "is a torch tensor; it should be" in failure(lambda X: torch.from_numpy(X) * 2, X)
    assert "has shape (3,)" in failure(lambda X: X[0], X)
    assert "elements of the result differ" in failure(lambda X: X, X)


def test_dtypes_and_inputs_have_their_own_promises() -> None:
    X = torch.ones(2, 3)
    double, wide = student(lambda X: X * 2), student(lambda X: X * np.float64(2) + np.zeros(1))
    assert_same_arrays(wide.f, double.f, X)
    with pytest.raises(CheckFailure, match="it should stay float32"):
        assert_array_dtype_kept(wide.f, double.f, X)

    def changes(X):
        X += 1
        return X

    def flattens(X):
        X.shape = (6,)
        return X

    assert_arrays_unchanged(double.f, X, names="X")
    with pytest.raises(CheckFailure, match="changed its argument X"):
        assert_arrays_unchanged(student(changes).f, X, names="X")
    with pytest.raises(CheckFailure, match="changed its argument X"):
        assert_arrays_unchanged(student(flattens).f, X, names="X")


# From end to end


@pytest.mark.slow
def test_an_edition_is_graded(course: Course) -> None:
    with GradingService(course, Limits()) as service:
        students = OneClass(course, service)
        graded = {
            answer: students.grade("softmax_numpy", answer)
            for answer in (SHIFTED, NAIVE, STUB, BUILT_IN, TENSOR)
        }
    assert graded[SHIFTED].score == graded[SHIFTED].max_score == 8.5
    assert graded[NAIVE].score == 7
    assert graded[NAIVE].diagnosis is not None
    assert graded[NAIVE].diagnosis.id == "unshifted"
    assert graded[STUB].status == "not_attempted"
    assert graded[BUILT_IN].status == "forbidden"
    assert graded[TENSOR].score == 0
    assert graded[TENSOR].diagnosis is not None
    assert graded[TENSOR].diagnosis.id == "tensor"


@pytest.mark.slow
def test_an_edition_is_checked_at_home(course: Course) -> None:
    source = source_of(course)
    released = record_notebook(source, course.exercise_folders)
    exercise = course.exercise("softmax_numpy")
    for answer, score in ((SHIFTED, 8.5), (NAIVE, 7), (STUB, 0), (TENSOR, 0)):
        namespace = {"np": np}
        exec(answer, namespace)
        result, _ = judge_at_home(released, exercise, namespace, answer)
        assert (result.name, result.score) == ("softmax_numpy", score)
