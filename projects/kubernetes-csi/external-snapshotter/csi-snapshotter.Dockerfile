FROM base
COPY LICENSES /LICENSES
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY csi-snapshotter /csi-snapshotter
ENTRYPOINT ["/csi-snapshotter"]
