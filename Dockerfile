# build: everything that needs pip and the network; what it leaves behind is a virtual environment and compiled code.
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

ENV PATH=/opt/bot/bin:$PATH \
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

# http.client, unlike urllib, takes no notice of proxy settings.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT') or 3000), timeout=3); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
