// Says of each file that is named whether in-toto's own library takes it as a statement, and as the predicate that it names.
package main

import (
	"fmt"
	"os"

	provenance "github.com/in-toto/attestation/go/predicates/provenance/v1"
	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	"github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Only its digest among the linker's flags counts: another source is another program.
var source string

func check(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	statement := &v1.Statement{}
	// Strict: a member that a statement does not have is an error.
	if err := protojson.Unmarshal(text, statement); err != nil {
		return err
	}
	if err := statement.Validate(); err != nil {
		return err
	}
	var said proto.Message
	switch statement.PredicateType {
	case "https://slsa.dev/provenance/v1":
		said = &provenance.Provenance{}
	case "https://slsa.dev/verification_summary/v1":
		said = &vsa.VerificationSummary{}
	default:
		return nil
	}
	inner, err := protojson.Marshal(statement.Predicate)
	if err != nil {
		return err
	}
	// Members of one's own are ignored, as SLSA has it.
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(inner, said); err != nil {
		return err
	}
	// Of the summary, the library knows the types alone.
	if checked, ok := said.(interface{ Validate() error }); ok {
		return checked.Validate()
	}
	return nil
}

func main() {
	_ = source
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			fmt.Printf("%q\n", err.Error())
		} else {
			fmt.Println(`""`)
		}
	}
}
