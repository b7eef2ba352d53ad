module test.example/corefile-migration

go 1.25

tool test.example/corefile-migration

require github.com/coredns/corefile-migration v1.0.36

require github.com/coredns/caddy v1.1.1 // indirect
