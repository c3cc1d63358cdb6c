# docker build -t monitor .        --build-arg OWN_MODELS=yes adds torch and ultralytics (5 GB), for .pt models and training
# docker run --rm -v "$PWD/watch:/watch" monitor init    makes a workspace in watch/; without `init` it does what is due
FROM python:3.12-slim
ARG OWN_MODELS=no
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 monitor
COPY . /src
RUN pip install --no-cache-dir --requirement /src/docs/install/without-torch.txt 'weasyprint>=68' 'apprise>=1.9' \
 && if [ "$OWN_MODELS" = yes ]; then pip install --no-cache-dir '/src[train]'; \
    else pip install --no-cache-dir --no-deps /src; fi \
 && rm -rf /src
USER 1000
VOLUME /watch
WORKDIR /watch
HEALTHCHECK --interval=1h --timeout=1m CMD ["monitor", "doctor"]
ENTRYPOINT ["monitor"]
CMD ["run", "--due"]
