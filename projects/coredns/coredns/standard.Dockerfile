FROM base AS certificates

FROM scratch
# The place that Go's crypto/x509 looks through where a distribution has no bundle of its own.
COPY --from=certificates /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/certs/tls-ca-bundle.pem
COPY coredns /coredns
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
EXPOSE 53 53/udp
ENTRYPOINT ["/coredns"]
