/** The part of pino-roll, which ships no types, that we use. */
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';

  interface RollOptions {
    readonly file: string;
    /** Milliseconds. */
    readonly frequency: number;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly mkdir: boolean;
  }

  export default function roll(options: RollOptions): Promise<SonicBoom>;
}
