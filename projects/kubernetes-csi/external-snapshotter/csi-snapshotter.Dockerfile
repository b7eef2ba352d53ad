FROM base
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY csi-snapshotter /csi-snapshotter
ENTRYPOINT ["/csi-snapshotter"]
