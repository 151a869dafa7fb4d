/** Which plays to make. */
export interface Order {
  /** Ids of faults, or `all`; those of every test if absent. */
  readonly faults?: readonly string[];
  readonly seeds?: readonly number[];
  /** Nothing but a soak of so many minutes. */
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
