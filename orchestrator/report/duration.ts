/** A duration for people, three significant parts at most: `40ms`, `14.2s`, `4m 31s`, `1h 05m`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  return formatWholeSeconds(seconds);
}

/** The same for a clock that runs: whole seconds, `0s`, `42s`, `4m 31s`. */
export function formatWholeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole}s`;
  if (minutes < 60) return `${minutes}m ${two(whole % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

/** The same of what is only guessed: `5s`, `40s`, `2m 10s`, `12m 00s`, no more exact than anyone would believe. */
export function formatAbout(seconds: number): string {
  const step = seconds < 60 ? 5 : seconds < 600 ? 10 : 60;
  return formatWholeSeconds(Math.max(step, Math.round(seconds / step) * step));
}
