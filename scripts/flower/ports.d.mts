import type { Child } from './processes.mjs';

interface WaitOptions {
  readonly child?: Child;
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

export function freePorts(count: number): Promise<number[]>;
export function addressesOf<Name extends string>(
  ports: Readonly<Record<Name, number>>,
): Record<Name, string>;
export function waitUntil<Answer>(
  what: string,
  probe: () => Answer | Promise<Answer>,
  options: WaitOptions,
): Promise<Answer>;
export function waitForHttp(url: string, options: WaitOptions): Promise<boolean>;
export function waitForPort(port: number, options: WaitOptions): Promise<boolean>;
