import type { Wire } from './wire';

/** Kinds of things whose ids are made by a server, or from what a server made. */
export type Kind =
  'run' | 'series' | 'task' | 'token' | 'node' | 'object' | 'session' | 'automation';

/** Stands for what a side never got to know: nobody has this id. */
const NOBODY = 0x7777_7777_7777_7777n;

/**
 * One of the two SuperLinks that are compared. The plan speaks of `run A`; each side knows which id its server gave
 * to it.
 */
export class Side {
  private readonly values = new Map<string, bigint | string>();
  private readonly names = new Map<string, string>();
  private readonly memory = new Map<object, unknown>();

  constructor(readonly wire: Wire) {}

  /** `name` means `value` from now on. The first name of a value is the one it is called by. */
  learn(kind: Kind, name: string, value: bigint | string | undefined): void {
    if (value === undefined) return;
    this.values.set(`${kind} ${name}`, value);
    const key = `${kind} ${value}`;
    if (!this.names.has(key)) this.names.set(key, name);
  }

  id(kind: Kind, name: string): bigint {
    const value = this.values.get(`${kind} ${name}`);
    return typeof value === 'bigint' ? value : NOBODY;
  }

  text(kind: Kind, name: string): string {
    const value = this.values.get(`${kind} ${name}`);
    return typeof value === 'string' ? value : '';
  }

  nameOf(kind: Kind, value: bigint | string): string | undefined {
    return this.names.get(`${kind} ${value}`);
  }

  /** What `make` makes, once for this side. */
  once<Value>(key: object, make: () => Value): Value {
    if (!this.memory.has(key)) this.memory.set(key, make());
    return this.memory.get(key) as Value;
  }
}
