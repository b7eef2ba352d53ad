module test.example/in-toto

go 1.25

tool test.example/in-toto

require (
	github.com/in-toto/attestation v1.2.0
	google.golang.org/protobuf v1.36.11
)
