/** The part of pino-roll, which ships no types, that we use. */
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';

  interface RollOptions {
    readonly file: string;
    /** Milliseconds. */
    readonly frequency: number;
    /** Of date-fns: what stands before the number in names. */
    readonly dateFormat: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly mkdir: boolean;
    /** Most bytes that wait to be written. */
    readonly maxLength: number;
  }

  export default function roll(options: RollOptions): Promise<SonicBoom>;
}
