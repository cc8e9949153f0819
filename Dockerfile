# The digest is that of the list of platforms, so the same line builds on amd64 and arm64.
FROM node:24.21.0-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data NODE_COMPILE_CACHE=node_modules/.cache/compiled MALLOC_ARENA_MAX=2
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY src ./src
# The start, the doctor and Home compare the granted scopes with it.
COPY manifest.yml ./
RUN mkdir /data node_modules/.cache && chown node:node /data node_modules/.cache
USER node
# Has everything compiled, with the flags of CMD. The settings are missing, so the first fails; the second is a thread's.
RUN ! node --liftoff-only --max-semi-space-size=16 --max-old-space-size=256 src/main.ts 2> /dev/null
RUN ! node --liftoff-only --max-semi-space-size=16 --max-old-space-size=256 src/store/embedded/main-of-thread.ts 2> /dev/null
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (Number(process.env.PORT) || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--liftoff-only", "--max-semi-space-size=16", "--max-old-space-size=256", "src/main.ts"]
