# The control plane and the page it serves. Built from the root of the repository:
#   docker build -f infra-swarm/control-plane.Dockerfile -t jbcalling/control-plane:<version> .
# A registry's image is pinned by its digest as well: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:<digest>
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --include=optional --loglevel=error
COPY tsconfig.json ./
COPY shared shared
COPY client client
RUN NODE_ENV=production node node_modules/vite/bin/vite.js build client/app --logLevel warn

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# What only the media node and the page use is left out.
RUN npm ci --omit=dev --omit=optional --loglevel=error \
  && cd node_modules \
  && rm -rf mediasoup mediasoup-client react react-dom koffi opusscript ws \
    @aws-sdk/client-transcribe-streaming @aws-sdk/client-translate

FROM ${NODE_IMAGE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY shared shared
COPY control-plane control-plane
COPY infra-swarm/health-check.mjs infra-swarm/
COPY --from=page /app/client/app/dist client/app/dist
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 PAGE_DIR=/app/client/app/dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["node", "infra-swarm/health-check.mjs"]
ENTRYPOINT ["tini", "--", "node"]
CMD ["control-plane/main.ts"]
