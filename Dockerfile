# The program, the published templates and the certificates of public authorities, without a shell.
# Build: docker build -t metaflow-cfn .
# Run:   docker run --rm -e AWS_REGION -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN \
#            metaflow-cfn plan metaflow
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=true -ldflags="-s -w" -o /metaflow-cfn ./cmd/metaflow-cfn

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /metaflow-cfn /usr/bin/metaflow-cfn
COPY LICENSE /usr/share/doc/metaflow-cfn/LICENSE
COPY templates /templates
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/bin/metaflow-cfn"]
