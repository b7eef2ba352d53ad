FROM base
COPY pause /pause
USER 65532
ENTRYPOINT ["/pause"]
