import { Column, Entity, PrimaryColumn } from 'typeorm';

import { UINT64_ID } from '../../database/uint64-column';

/** Runs that follow one another and share a context. Times are text, as Dates would lose the microseconds. */
@Entity('run_series')
export class RunSeriesEntity {
  @PrimaryColumn({ name: 'series_id', ...UINT64_ID })
  seriesId!: bigint;

  @Column({ name: 'federation_id', type: 'text' })
  federationId!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ name: 'is_agent', type: 'boolean' })
  isAgent!: boolean;

  @Column({ name: 'created_at', type: 'text' })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'text' })
  updatedAt!: string;

  /** A serialized `Context`, as large as its state: read only where it is asked for. */
  @Column({ type: 'bytea', select: false })
  context!: Buffer;
}
