import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version 1 of control groups. */
const MEMORY = '/sys/fs/cgroup/memory';

/** A control group with one process, which the kernel kills when it takes more memory than it may. */
export class MemoryLimit {
  private constructor(private readonly folder: string) {}

  /** So many bytes beside what the process has by now; undefined where this may not be done. */
  static on(processId: number, bytes: number): MemoryLimit | undefined {
    const limit = new MemoryLimit(join(MEMORY, `superlink-faults-${processId}`));
    try {
      mkdirSync(limit.folder);
      limit.write('memory.limit_in_bytes', bytes);
      limit.write('cgroup.procs', processId);
      return limit;
    } catch {
      if (existsSync(limit.folder)) limit.remove();
      return undefined;
    }
  }

  /** How many processes the kernel has killed. */
  get kills(): number {
    const text = readFileSync(join(this.folder, 'memory.oom_control'), 'utf8');
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** The process has ended by now. */
  remove(): void {
    rmdirSync(this.folder);
  }

  private write(file: string, value: number): void {
    writeFileSync(join(this.folder, file), String(value));
  }
}
