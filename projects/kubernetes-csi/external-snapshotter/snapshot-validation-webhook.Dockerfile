FROM base
COPY LICENSES /LICENSES
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY snapshot-validation-webhook /snapshot-validation-webhook
ENTRYPOINT ["/snapshot-validation-webhook"]
