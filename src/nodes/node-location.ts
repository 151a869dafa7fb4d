const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MOST_DEGREES = [90, 180] as const;

/** What is wrong with the place of a node, `latitude,longitude` in degrees; undefined if nothing is. */
export function nodeLocationFault(location: string): string | undefined {
  const parts = location.split(',').map((part) => part.trim());
  if (parts.length !== MOST_DEGREES.length || !parts.every((part) => NUMBER.test(part))) {
    return 'It must be two numbers, "<latitude>,<longitude>".';
  }
  const isOnEarth = MOST_DEGREES.every((most, index) => Math.abs(Number(parts[index])) <= most);
  return isOnEarth
    ? undefined
    : 'Latitude lies between -90 and 90 and longitude between -180 and 180.';
}
