FROM base
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY go-runner /go-runner
ENTRYPOINT ["/go-runner"]
