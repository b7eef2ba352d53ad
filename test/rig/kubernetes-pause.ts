import type { KubernetesEra } from '../../orchestrator/config/project/kubernetes.ts';

/** A program for a repository of Kubernetes' shape, written for these tests: it says its version, or waits for a signal. */
export function pauseFiles(era: KubernetesEra): Readonly<Record<string, string>> {
  return { [era === '1.18-1.19' ? 'build/pause/pause.c' : 'build/pause/linux/pause.c']: pause };
}

const pause = `#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT_OF(words) #words
#define TEXT(words) TEXT_OF(words)

int main(int count, char **words) {
  for (int at = 1; at < count; at++) {
    if (strcmp(words[at], "-v") == 0) {
      printf("a test's pause %s\\n", TEXT(VERSION));
      return 0;
    }
  }
  sigset_t ends;
  int which;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  return sigwait(&ends, &which) == 0 ? 0 : 1;
}
`;

const terms = `Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM
LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR
OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.
`;

/** Licences where such a repository has them: its own, that of what it vendors, those of one of its staging modules. */
export const licenseFiles: Readonly<Record<string, string>> = {
  LICENSE: `Copyright 2014 The Cluster\n\n${terms}`,
  'vendor/example.com/lib/LICENSE': `Copyright 2015 The Library\n\n${terms}`,
  'staging/src/k8s.io/client-go/LICENSE': `Copyright 2016 The Client\n\n${terms}`,
};
