# Sources run as they are: nothing is built. The first stage only gathers what production needs.
FROM node:24.21.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
COPY connectors ./connectors
COPY workers ./workers
# what Node compiles of the sources is kept there: made once here, every container starts in half the time; with the
# flags below, since what was compiled with others is not taken
RUN mkdir -p node_modules/.cache && chown node:node node_modules/.cache
USER node
RUN ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-allocation-site-pretenuring", "src/streakline.js", "--help"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Most of what a request or job makes is gone at once: a small young heap, and an old one that is looked through before
# it has grown by half, keep memory low at little cost; the third is explained in scripts/streakline.sh, which has the
# same flags.
ENTRYPOINT ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-allocation-site-pretenuring", "src/streakline.js"]
CMD ["start"]
