FROM base
COPY metrics-server /metrics-server
COPY LICENSES /LICENSES
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
ENTRYPOINT ["/metrics-server"]
