export function ensureYamlPython(): Promise<string>;
export function ensureManifestSchemas(version: string): Promise<string[]>;
export function ensureComposeSchema(): Promise<string>;
