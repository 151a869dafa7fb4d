/** A question of an agent and the answer of a model, whose task was made for it. */
export interface Exchange {
  readonly runId: bigint;
  readonly agentTaskId: bigint;
  readonly modelTaskId: bigint;
}
