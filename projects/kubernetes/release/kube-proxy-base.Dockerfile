FROM base
COPY go-runner /go-runner
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
# What "update-alternatives --set iptables" comes to; without running it, one builder makes both platforms.
ADD rootfs.tar /
ENTRYPOINT ["/go-runner"]
