/** Everything a run is made of; ids are made before the first statement, so that a repeat makes no second run. */
export interface NewRun {
  readonly runId: bigint;
  readonly primaryTaskId: bigint;
  readonly primaryTaskType: 'flwr-serverapp' | 'flwr-simulation' | 'flwr-agentapp';
  readonly series: NewSeries | JoinedSeries;
  readonly fab: StoredFab;
  /** A `Run` message with nothing but its override_config. */
  readonly overrideConfig: Uint8Array;
  readonly federationId: string;
  /** The `SimulationConfig` of a simulation; other runs have none. */
  readonly federationConfig: Uint8Array | undefined;
  readonly flwrAid: string;
}

/** A series that begins with this run. */
export interface NewSeries {
  readonly kind: 'new';
  readonly seriesId: bigint;
  /** What an agent was asked for; other series have none. */
  readonly description: string | undefined;
}

/** A series that this run continues; it must be of the run's federation. */
export interface JoinedSeries {
  readonly kind: 'joined';
  readonly seriesId: bigint;
}

export interface StoredFab {
  /** `publisher/name` */
  readonly id: string;
  readonly version: string;
  /** SHA-256 of `content` in hex. */
  readonly hash: string;
  readonly content: Buffer;
}
