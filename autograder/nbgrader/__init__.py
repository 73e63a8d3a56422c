"""nbgrader's hooks: a clean copy of every submission, grading in workers, safe pages."""
