export interface StockFlower {
  readonly version: string;
  readonly python: string;
  bin(program: string): string;
  env(home: string): NodeJS.ProcessEnv;
}

export const STOCK_FLOWER: string;
export const NEWEST_FLOWER: string;
export function ensureFlower(options?: {
  readonly version?: string;
  readonly simulation?: boolean;
  readonly say?: (text: string) => void;
}): Promise<StockFlower>;
export function ensureCaddy(options?: { readonly say?: (text: string) => void }): Promise<string>;
