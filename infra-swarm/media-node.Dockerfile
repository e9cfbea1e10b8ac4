# A media node with PocketSphinx and Apertium. Built from the root of the repository:
#   docker build -f infra-swarm/media-node.Dockerfile -t jbcalling/media-node:<version> .
# A registry's image is pinned by its digest as well: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:<digest>
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# koffi's library comes as an optional package; the Node.js that comes so as well is the image's already.
RUN npm ci --omit=dev --include=optional --loglevel=error \
  && cd node_modules \
  && rm -rf node-linux-* .bin/node mediasoup-client react react-dom

# mediasoup's worker from the source in its npm package, which the lock file pins by its hash, against Debian's libraries
# (docs/decisions/mediasoup-worker.md). Ten minutes of processor time, once for each version of mediasoup.
FROM ${NODE_IMAGE} AS worker
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    meson ninja-build pkg-config g++ patch libuv1-dev libssl-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules/mediasoup node_modules/mediasoup
COPY dev/mediasoup-worker dev/mediasoup-worker
# One by one, so that the worker is not built again because another file has changed.
COPY dev/bootstrap/worker-build.mjs dev/bootstrap/worker-binary.mjs dev/bootstrap/worker-recipe.mjs \
  dev/bootstrap/file-lock.mjs dev/bootstrap/find-command.mjs dev/bootstrap/run-command.mjs \
  dev/bootstrap/dying-with-parent.mjs dev/bootstrap/setup-error.mjs dev/bootstrap/paths.mjs dev/bootstrap/progress.mjs \
  dev/bootstrap/
COPY dev/build-worker.mjs dev/
RUN node dev/build-worker.mjs /usr/local/bin/mediasoup-worker

FROM ${NODE_IMAGE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    tini libuv1 libssl3 libsrtp2-1 libabsl20220623 \
    libpocketsphinx3 pocketsphinx-en-us apertium apertium-eng-spa \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/lib/jbcalling
COPY --from=worker /usr/local/bin/mediasoup-worker /usr/local/bin/
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
# The worker's source has done its part.
RUN rm -rf node_modules/mediasoup/worker
COPY package.json ./
COPY shared shared
COPY media-node media-node
COPY infra-swarm/health-check.mjs infra-swarm/
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8081 MEDIA_LISTEN_IP=0.0.0.0 \
  MEDIASOUP_WORKER_BIN=/usr/local/bin/mediasoup-worker TRANSCRIPT_SPOOL_DIR=/var/lib/jbcalling/spool
USER node
VOLUME /var/lib/jbcalling
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "infra-swarm/health-check.mjs"]
ENTRYPOINT ["tini", "--", "node"]
# The flag is explained in media-node/captions/old-space.ts.
CMD ["--initial-old-space-size=256", "media-node/main.ts"]
