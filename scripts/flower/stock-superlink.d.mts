import type { Child, Household } from './processes.mjs';
import type { StockFlower } from './stock-environment.mjs';

export function startStockSuperLink(options: {
  household: Household;
  flower: StockFlower;
  directory: string;
  ports: { fleet?: number; serverAppIo?: number; control?: number; http?: number };
  database?: string;
}): Promise<Child>;
