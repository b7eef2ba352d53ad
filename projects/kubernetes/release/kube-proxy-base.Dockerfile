FROM base
COPY go-runner /go-runner
COPY LICENSES /LICENSES
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
# What "update-alternatives --set iptables" comes to; without running it, one builder makes both platforms.
COPY rootfs/ /
ENTRYPOINT ["/go-runner"]
