# For students: JupyterLab, the autograder's wheel and the released notebooks. No solution is in it.
#     docker build --file docker/student.Dockerfile --tag autograder-student .
#     docker run --rm --publish 127.0.0.1:8888:8888 autograder-student
# For a small image see the argument PIP_EXTRA_INDEX_URL in grader.Dockerfile.
FROM python:3.13-slim AS wheel

WORKDIR /engine
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim

RUN useradd --create-home --uid 1000 student
ARG PIP_EXTRA_INDEX_URL
WORKDIR /wheels
COPY constraints.txt ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt torch==2.13.0
COPY --from=wheel /wheels ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt --find-links /wheels \
    "autograder-from-scratch[course]" jupyterlab

USER 1000
WORKDIR /home/student
COPY --chown=1000 assignments assignments
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
