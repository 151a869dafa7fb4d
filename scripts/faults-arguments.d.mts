/** Nothing is named where the faults of every test are to be played. */
export interface Order {
  readonly faults?: readonly string[];
  readonly seeds?: readonly number[];
  readonly soakMinutes?: number;
}

export interface Asked {
  /** Of earlier plays, to be recorded; else there are plays to make. */
  readonly files?: readonly string[];
  readonly order?: Order;
  readonly balancer?: string | undefined;
  readonly json?: string | undefined;
  readonly isToBeRecorded?: boolean;
}

export function readArguments(args: readonly string[]): Asked;
