import { Column, Entity, PrimaryColumn } from 'typeorm';

import { UINT64_ID } from '../../database/uint64-column';

export type AutomationStatus = 'active' | 'completed' | 'failed' | 'stopped';

/**
 * A run that starts by the clock, once or again and again. Times are declared as text: TypeORM would make Dates
 * of them and lose the microseconds.
 */
@Entity('automation')
export class AutomationEntity {
  @PrimaryColumn({ name: 'automation_id', ...UINT64_ID })
  automationId!: bigint;

  @Column({ name: 'federation_id', type: 'text' })
  federationId!: string;

  @Column({ name: 'flwr_aid', type: 'text' })
  flwrAid!: string;

  @Column({ name: 'series_id', ...UINT64_ID })
  seriesId!: bigint;

  @Column({ type: 'text' })
  status!: AutomationStatus;

  @Column({ name: 'created_at', type: 'text' })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'text' })
  updatedAt!: string;

  @Column({ name: 'next_run_at', type: 'text' })
  nextRunAt!: string;

  @Column({ name: 'fixed_interval_seconds', type: 'bigint', nullable: true })
  fixedIntervalSeconds!: bigint | null;

  @Column({ name: 'remaining_runs', type: 'bigint', nullable: true })
  remainingRuns!: bigint | null;

  @Column({ name: 'stopped_at', type: 'text', nullable: true })
  stoppedAt!: string | null;
}
