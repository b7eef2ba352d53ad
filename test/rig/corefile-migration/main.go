// Asks the library by which kubeadm migrates a Corefile what kubeadm's upgrade asks it of a running CoreDNS
// (cmd/kubeadm/app/phases/upgrade/coredns.go, phases/addons/dns): each argument is the tag of what runs and, after a comma,
// the version that it becomes. Prints a line of JSON for each: {}, or {"error": "..."}.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/coredns/corefile-migration/migration"
)

// As `kubeadm init` writes it, with a zone of the user's own: one that nobody changed is replaced and not migrated.
const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
example.org {
    errors
    forward . 192.0.2.1
}
`

type line struct {
	Error string `json:"error,omitempty"`
}

func main() {
	output := json.NewEncoder(os.Stdout)
	for _, pair := range os.Args[1:] {
		from, to, _ := strings.Cut(pair, ",")
		message := ""
		if err := upgrade(strings.TrimLeft(from, "v"), strings.TrimLeft(to, "v")); err != nil {
			message = err.Error()
		}
		output.Encode(line{message})
	}
}

func upgrade(from, to string) error {
	if _, err := migration.Unsupported(from, from, corefile); err != nil {
		return err
	}
	if _, err := migration.Deprecated(from, to, corefile); err != nil {
		return err
	}
	_, err := migration.Migrate(from, to, corefile, false)
	return err
}
