import { exitCode } from '../../core/exit-code.ts';
import type { Host } from '../../host.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';

/**
 * What each shell is to run. It asks the program that is being typed, so that what it completes is of that version; where that has
 * nothing to say, the shell completes names of files.
 */
const scripts = {
  bash: `_eksd_rebuild() {
  local candidate
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("$candidate")
  done < <("\${1/#\\~/$HOME}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$2" 2>/dev/null)
}
complete -o bashdefault -o default -F _eksd_rebuild eksd-rebuild
`,
  zsh: `#compdef eksd-rebuild
_eksd_rebuild() {
  local -a lines candidates
  local line tab=$'\\t'
  lines=("\${(@f)$("\${words[1]/#\\~/$HOME}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    candidates+=("\${\${line%%$tab*}//:/\\\\:}:\${line#*$tab}")
  done
  if (( $#candidates )); then
    _describe -V words candidates
  else
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _eksd_rebuild "$@"
else
  compdef _eksd_rebuild eksd-rebuild
fi
`,
  fish: `function __eksd_rebuild_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c eksd-rebuild -f -k -a '(__eksd_rebuild_candidates)'
`,
} as const;

/** `eksd-rebuild completion SHELL`: what is to be put where the shell reads its settings. */
export async function completion(
  shell: keyof typeof scripts,
  _options: GlobalOptions,
  host: Host,
): Promise<number> {
  host.stdout.write(scripts[shell]);
  return exitCode.identical;
}
