import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryRegistry } from '../oci/registry/memory-registry.ts';
import { goPrograms } from './go-programs.ts';
import { writeImageLayout } from './image-layout.ts';
import { putLayout } from './put-layout.ts';

/** Waits for a signal, as what holds a pod together does, or does what its first word says. */
const source = `package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	words := append(os.Args[1:], "", "")
	var err error
	switch words[0] {
	case "say":
		fmt.Println(words[1])
	case "resolve":
		err = resolve(words[1])
	case "get":
		err = get(words[1])
	default:
		ends := make(chan os.Signal, 1)
		signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
		<-ends
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// resolve asks the servers of resolv.conf as any program does, again for a while: rules for a service take a moment.
func resolve(name string) (err error) {
	for attempt := 0; attempt < 20; attempt++ {
		var found []string
		if found, err = net.DefaultResolver.LookupHost(context.Background(), name); err == nil {
			fmt.Println(name, "is", found)
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

func get(url string) error {
	client := http.Client{Timeout: 10 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	fmt.Println(answer.Status, string(body))
	return err
}
`;

/** Builds an image of one program, written for these tests, below a folder where nothing is, and puts it into a registry as `probe:1`. */
export async function putProbeImage(registry: MemoryRegistry, folder: string): Promise<void> {
  const go = goPrograms(folder);
  go.write({ 'app/go.mod': 'module test.example/probe\n\ngo 1.21\n', 'app/main.go': source });
  const content = readFileSync(await go.build({}));
  const layout = join(folder, 'layout');
  const layers = [[{ path: 'probe', content, mode: 0o755 }]];
  const config = { Entrypoint: ['/probe'], User: '65532' };
  putLayout(registry, layout, writeImageLayout(layout, { layers, config }), 'probe', '1');
}
