FROM base
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY go-runner /usr/local/bin/go-runner
ENTRYPOINT ["/usr/local/bin/go-runner"]
