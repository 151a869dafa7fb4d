import { toInt8 } from '../wire/ids';

/** Options of an entity's column that holds a uint64; the pool's parser makes one of what it reads. */
export const UINT64_ID = {
  type: 'bigint',
  transformer: {
    to: (id: unknown): unknown => (typeof id === 'bigint' ? toInt8(id) : id), // operators stay
    from: (id: unknown): unknown => id,
  },
} as const;
