FROM base
COPY LICENSES /LICENSES
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY snapshot-controller /snapshot-controller
ENTRYPOINT ["/snapshot-controller"]
