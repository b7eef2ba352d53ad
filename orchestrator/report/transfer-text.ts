import type { Transfer } from '../core/event.ts';
import { formatAbout } from './duration.ts';

/** `12.3 of 45.0 MB, 480 kB/s, about 1m 10s left`; of what nobody knows the whole of, `12.3 MB, 480 kB/s`. */
export function transferText({ done, total, perSecond }: Transfer): string {
  const unit = unitFor(Math.max(done, total ?? 0));
  const whole = total === undefined ? '' : ` of ${inUnit(total, unit)}`;
  const amount = `${inUnit(done, unit)}${whole} ${unit.name}`;
  if (perSecond < 1) return amount;
  const rate = unitFor(perSecond);
  const left =
    total === undefined || total <= done ? '' : `, about ${formatAbout((total - done) / perSecond)} left`;
  return `${amount}, ${inUnit(perSecond, rate)} ${rate.name}/s${left}`;
}

interface Unit {
  readonly name: string;
  readonly bytes: number;
}

const units: readonly [Unit, ...Unit[]] = [
  { name: 'kB', bytes: 1e3 },
  { name: 'MB', bytes: 1e6 },
  { name: 'GB', bytes: 1e9 },
];

function unitFor(bytes: number): Unit {
  return units.findLast((unit) => bytes >= unit.bytes) ?? units[0];
}

function inUnit(bytes: number, unit: Unit): string {
  return (bytes / unit.bytes).toFixed(unit === units[0] ? 0 : 1);
}
