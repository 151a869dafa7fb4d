export function ensureHelm(): Promise<string>;
export function ensureKubeconform(): Promise<string>;
