declare const sqlBrand: unique symbol;

/** Text of a statement. Only the `sql` tag makes it, so values can never be spliced into one. */
export type SqlText = string & { readonly [sqlBrand]: true };

/** A hot statement: `name` is its prepared name and shows in logs and tests. */
export interface Statement {
  readonly name: string;
  readonly text: SqlText;
}

/** Builds a statement from constant text and from other pieces of SQL; values go in as `$n`. */
export function sql(parts: TemplateStringsArray, ...pieces: readonly SqlText[]): SqlText {
  return String.raw({ raw: parts }, ...pieces) as SqlText;
}
