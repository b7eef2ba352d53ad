// Makedb writes a vulnerability database as trivy reads it (trivy-db, schema 2) into a folder, out of JSON on standard input:
//
//	[{"id": "CVE-2024-1", "package": "rsc.io/sampler", "vulnerable": ["<1.4.0"], "patched": ["1.4.0"]}]
package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

type entry struct {
	ID         string   `json:"id"`
	Package    string   `json:"package"`
	Vulnerable []string `json:"vulnerable"`
	Patched    []string `json:"patched"`
}

const source = "go::GitHub Security Advisory Go"

func main() {
	var entries []entry
	check(json.NewDecoder(os.Stdin).Decode(&entries))
	folder := filepath.Join(os.Args[1], "db")
	check(os.MkdirAll(folder, 0o755))
	db, err := bolt.Open(filepath.Join(folder, "trivy.db"), 0o600, nil)
	check(err)
	check(db.Update(func(tx *bolt.Tx) error {
		for _, each := range entries {
			put(tx, []string{source, each.Package}, each.ID,
				map[string]any{"VulnerableVersions": each.Vulnerable, "PatchedVersions": each.Patched})
			put(tx, []string{"vulnerability"}, each.ID,
				map[string]any{"Title": each.ID, "Severity": "HIGH", "VendorSeverity": map[string]int{"ghsa": 3}})
		}
		put(tx, []string{"data-source"}, source,
			map[string]string{"ID": "ghsa", "Name": "GitHub Security Advisory Go", "URL": "https://github.com/advisories"})
		return nil
	}))
	check(db.Close())
	// Of this test alone: it is as old as need be, and no younger one is looked for.
	meta := `{"Version":2,"NextUpdate":"2099-01-01T00:00:00Z","UpdatedAt":"2024-05-02T00:00:00Z","DownloadedAt":"2024-05-02T00:00:00Z"}`
	check(os.WriteFile(filepath.Join(folder, "metadata.json"), []byte(meta), 0o644))
}

func put(tx *bolt.Tx, path []string, key string, value any) {
	bucket, err := tx.CreateBucketIfNotExists([]byte(path[0]))
	check(err)
	for _, name := range path[1:] {
		bucket, err = bucket.CreateBucketIfNotExists([]byte(name))
		check(err)
	}
	text, err := json.Marshal(value)
	check(err)
	check(bucket.Put([]byte(key), text))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
