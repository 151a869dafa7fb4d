import type { Urgency } from '../waiting/turns';

declare const sqlBrand: unique symbol;

/** Text of a statement. Only the `sql` tag makes it, so values can never be spliced into one. */
export type SqlText = string & { readonly [sqlBrand]: true };

/** A hot statement: `name` is its prepared name and shows in logs and tests. */
export interface Statement {
  readonly name: string;
  readonly text: SqlText;
  /** Who gets a connection first when there are too few; `usual` unless it says so. */
  readonly urgency?: Urgency;
}

/** Builds a statement from constant text and from other pieces of SQL; values go in as `$n`. */
export function sql(parts: TemplateStringsArray, ...pieces: readonly SqlText[]): SqlText {
  return String.raw({ raw: parts }, ...pieces) as SqlText;
}
