import type { EventEmitter } from 'node:events';

import type { Child } from './processes.mjs';

export class LogFollower extends EventEmitter {
  readonly lines: readonly string[];
  readonly child: Child;
  readonly ended: Promise<void>;
  constructor(start: () => Child);
  waitForLine(pattern: RegExp, limitMs: number): Promise<string>;
  waitForEnd(limitMs: number): Promise<void>;
  stop(): void;
}
