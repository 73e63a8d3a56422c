"""What pyproject.toml cannot say: which modules a wheel leaves out."""

from setuptools import setup
from setuptools.command.build_py import build_py


class WithoutRightAnswers(build_py):
    """Leaves out misconceptions.py, most of which begin with a correct answer, and variants.py.

    Only grading names mistakes, and it runs where the solutions are: in a clone, installed with --editable.
    """

    def find_package_modules(self, package, package_dir):
        """The modules of a package, but for the known mistakes."""
        modules = super().find_package_modules(package, package_dir)
        if package.startswith("autograder.exercises."):
            return [module for module in modules if module[1] not in ("misconceptions", "variants")]
        return modules


setup(cmdclass={"build_py": WithoutRightAnswers})
