# Stock Flower from PyPI, for the SuperExec and the SuperNodes of compose.yaml, with what the example apps need.
FROM python:3.12-slim-bookworm
ARG FLWR_VERSION=1.42.0
RUN pip install --no-cache-dir "flwr==${FLWR_VERSION}" "numpy>=1.26,<3" && \
  pip install --no-cache-dir --no-deps "scikit-learn>=1.4,<2"
# Apps are unpacked in the home.
RUN useradd --uid 49999 --create-home flower
USER 49999:49999
WORKDIR /home/flower
ENV FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1
