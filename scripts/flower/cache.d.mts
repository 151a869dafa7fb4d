export const CACHE: string;
export function withLock<T>(path: string, act: () => Promise<T>): Promise<T>;
