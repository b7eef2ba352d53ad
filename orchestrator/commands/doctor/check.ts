/** One thing that is needed, or that makes more possible. */
export interface Check {
  readonly name: string;
  readonly state: 'there' | 'missing' | 'limited';
  /** Without it nothing can be rebuilt. */
  readonly isNeeded: boolean;
  readonly found: string;
  /** How to get it, where it is not there. */
  readonly help?: string;
}
