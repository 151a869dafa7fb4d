import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';

export interface Line {
  readonly at: number;
  readonly text: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: Error | null;
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stage?: number;
  readonly stopSignal?: NodeJS.Signals;
}

export class Child extends EventEmitter {
  readonly name: string;
  readonly process: ChildProcess;
  readonly pid: number;
  readonly lines: readonly Line[];
  readonly exited: Promise<Ended>;
  readonly isRunning: boolean;
  readonly isKilled: boolean;
  waitForLine(pattern: RegExp, timeoutMs?: number, after?: Line): Promise<Line>;
  tail(count?: number): string;
  kill(signal?: NodeJS.Signals): void;
  stop(seconds?: number): Promise<void>;
}

export function isAlive(pid: number): boolean;

export function unlessOneEnds(children: readonly Child[]): Promise<never>;

export class Household {
  readonly logDirectory: string;
  constructor(logDirectory: string);
  start(name: string, command: string, args: readonly string[], options?: StartOptions): Child;
  find(name: string): Child | undefined;
  run(
    name: string,
    command: string,
    args: readonly string[],
    options?: StartOptions,
  ): Promise<string[]>;
  stop(): Promise<void>;
}
