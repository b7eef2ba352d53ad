FROM base
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY snapshot-validation-webhook /snapshot-validation-webhook
ENTRYPOINT ["/snapshot-validation-webhook"]
