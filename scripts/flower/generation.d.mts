import type { ApiAddresses } from './federation.mjs';

export type Transport = 'gRPC' | 'HTTP';
export type FlowerProgram = 'cli' | 'superExec' | 'superNode';

export function transportOf(program: FlowerProgram, version: string): Transport;
export function addressFor(
  program: FlowerProgram,
  version: string,
  addresses: ApiAddresses,
): string;
export function taskService(version: string): 'ServerAppIo' | 'Runtime';
export function pollMethod(version: string): 'PullPendingTasks' | 'AcquireTask';
