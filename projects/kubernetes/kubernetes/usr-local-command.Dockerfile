FROM base
ARG PROGRAM
ADD LICENSES.tar /
COPY ATTRIBUTION.txt /ATTRIBUTION.txt
COPY $PROGRAM /usr/local/bin/$PROGRAM
ENTRYPOINT ["/usr/local/bin/go-runner"]
# As published: nothing expands it, and whoever runs the image says what is run.
CMD ["/usr/local/bin/$BINARY"]
