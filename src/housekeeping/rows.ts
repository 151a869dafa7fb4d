/** What a statement of housekeeping answers: how many rows it deleted or changed. */
export interface RowsRow {
  readonly rows: number;
}

/** The number that such a statement answered. */
export function rowsOf([row]: readonly RowsRow[]): number {
  return row?.rows ?? 0;
}
