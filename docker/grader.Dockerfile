# For graders: nbgrader and the autograder, with the engine's own course. It holds solutions: keep it private.
#     docker build --file docker/grader.Dockerfile --tag autograder-grader .
# torch's builds for GPUs take gigabytes; --build-arg PIP_EXTRA_INDEX_URL=... with the address that pytorch.org
# names for the CPU gives a small image.
FROM python:3.13-slim

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git libseccomp2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 grader

ARG PIP_EXTRA_INDEX_URL
WORKDIR /opt/autograder
COPY constraints.txt ./
RUN python -m pip install --no-cache-dir --constraint constraints.txt torch==2.13.0
COPY . .
RUN python -m pip install --no-cache-dir --constraint constraints.txt --editable ".[nbgrader,course]"

USER 1000
WORKDIR /course
CMD ["autograder", "doctor"]
