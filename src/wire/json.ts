export type JsonObject = Readonly<Record<string, unknown>>;

/** What a text says in JSON; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}
