# An image that holds one static program and nothing else, to be run on a directory of yours:
#
#   docker build -t ngxlint .
#   docker run --rm -v "$PWD:/src:ro" ngxlint check
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /ngxlint
COPY . .
RUN cargo build --locked --release

FROM scratch
COPY --from=build /ngxlint/target/release/ngxlint /usr/local/bin/ngxlint
WORKDIR /src
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/ngxlint"]
CMD ["check"]
