FROM base
COPY metrics-server /metrics-server
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
ENTRYPOINT ["/metrics-server"]
