import { RunSeriesEntity } from './run-series.entity';

/** Entities of this module, for the data source. */
export const RUN_ENTITIES = [RunSeriesEntity];
