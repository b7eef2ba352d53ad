// Decodes the ClusterConfiguration in each file into kubeadm's own types, as strictly as kubeadm does, and prints a line of
// JSON a file: {"decoded": ...}, or {"error": "..."}.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/cluster-api/bootstrap/kubeadm/types/upstreamv1beta2"
	"sigs.k8s.io/cluster-api/bootstrap/kubeadm/types/upstreamv1beta3"
	"sigs.k8s.io/cluster-api/bootstrap/kubeadm/types/upstreamv1beta4"
	"sigs.k8s.io/yaml"
)

type line struct {
	Decoded any    `json:"decoded,omitempty"`
	Error   string `json:"error,omitempty"`
}

func main() {
	output := json.NewEncoder(os.Stdout)
	for _, file := range os.Args[1:] {
		decoded, err := decode(file)
		if err != nil {
			output.Encode(line{Error: err.Error()})
			continue
		}
		output.Encode(line{Decoded: decoded})
	}
}

func decode(file string) (any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	target := typeOf(head.APIVersion + " " + head.Kind)
	if target == nil {
		return nil, fmt.Errorf("no type for %s %s", head.APIVersion, head.Kind)
	}
	return target, yaml.UnmarshalStrict(text, target)
}

func typeOf(name string) any {
	switch name {
	case "kubeadm.k8s.io/v1beta2 ClusterConfiguration":
		return &upstreamv1beta2.ClusterConfiguration{}
	case "kubeadm.k8s.io/v1beta3 ClusterConfiguration":
		return &upstreamv1beta3.ClusterConfiguration{}
	case "kubeadm.k8s.io/v1beta4 ClusterConfiguration":
		return &upstreamv1beta4.ClusterConfiguration{}
	}
	return nil
}
