/** What is kept of a report; `balancer` if it was not HAProxy. */
export interface RecordedPlay {
  readonly fault: string;
  readonly balancer?: string | undefined;
  readonly seed: number;
  readonly name: string;
  readonly commit: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly stallSeconds: number | null;
  readonly recoverySeconds: number | null;
  readonly stockStallSeconds: number | null;
  readonly retries: { readonly probes: number; readonly stock: number } | null;
  readonly lost: number | null;
  readonly doubled: number | null;
}

export function mergePlays(
  recorded: readonly RecordedPlay[],
  reports: readonly RecordedPlay[],
): RecordedPlay[];
export function tableOf(plays: readonly RecordedPlay[]): string;
export function recordPlays(reports: readonly RecordedPlay[]): Promise<void>;
