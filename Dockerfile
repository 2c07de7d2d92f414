# build: everything that needs pip and the network; what it leaves behind is a virtual environment and compiled code.
# Where its digest can be looked up, pin it in both stages: python:3.11.14-slim-bookworm@sha256:….
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

WORKDIR /build
COPY requirements/run.txt ./
RUN python -m venv --without-pip /opt/bot \
    && pip --python /opt/bot/bin/python install --require-hashes --no-deps --requirement run.txt

WORKDIR /app
COPY bot/ bot/
COPY handlers/ handlers/
RUN python -m compileall -q --invalidation-mode unchecked-hash bot handlers

# the image: no compiler, no pip of ours, no root; it runs with --read-only, and writes to /app/data alone, where the SQLite
# file is unless DATABASE_URL says otherwise: mount a volume there.
FROM python:3.11.14-slim-bookworm

# A container is reached from outside: its health, in HTTP mode Slack's requests.
ENV PATH=/opt/bot/bin:$PATH \
    HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

RUN groupadd --system --gid 10001 bot \
    && useradd --system --uid 10001 --gid bot --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bot

WORKDIR /app
COPY --from=build /opt/bot /opt/bot
COPY --from=build /app /app
RUN install --directory --owner=10001 --group=10001 /app/data

# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-m", "bot.cli.health"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
