/** A terminal as the live view needs it. `columns` and `rows` are read anew at every use: a window may change. */
export interface Terminal {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
}
