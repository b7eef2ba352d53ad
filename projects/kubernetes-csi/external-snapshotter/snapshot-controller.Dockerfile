FROM base
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY snapshot-controller /snapshot-controller
ENTRYPOINT ["/snapshot-controller"]
