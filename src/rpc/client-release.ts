/** The part of a call's headers that this needs. */
interface TextHeaders {
  text(name: string): readonly string[];
}

/** Which Flower a caller says it is; what it does not say, or says in a strange way, is absent. */
export interface ClientRelease {
  /** `flwr 1.36.0`, as it is stored and logged. */
  readonly release?: string;
  /** `SuperNode` */
  readonly component?: string;
  /** True: older than the oldest release whose protocol is served. */
  readonly isTooOld: boolean;
}

/** What goes into logs and tables: short, and without what could forge a line. */
const PACKAGE = /^[a-z][a-z0-9._-]{0,31}$/i;
const VERSION = /^(\d{1,4})\.(\d{1,4})[0-9a-z.+-]{0,40}$/i;
const COMPONENT = /^[a-z0-9][a-z0-9 ._-]{0,31}$/i;

/** 1.30 gave the task API new messages under old names. */
const OLDEST = { major: 1, minor: 30 };
const PACKAGES_OF_FLOWER = new Set(['flwr', 'flwr-nightly']);

/**
 * Reads the three headers that clients from 1.30 on send. They prove nothing and no right depends on them: missing and
 * malformed ones (a Flower that runs from its sources says `unknown`, a proxy may double a header) are as good as none.
 */
export function clientReleaseOf(headers: TextHeaders): ClientRelease {
  const packageName = only(headers.text('flwr-package-name'), PACKAGE);
  const version = only(headers.text('flwr-package-version'), VERSION);
  const component = only(headers.text('flwr-component-name'), COMPONENT);
  const isKnown = packageName !== undefined && version !== undefined;
  return {
    ...(isKnown && { release: `${packageName} ${version}` }),
    ...(component !== undefined && { component }),
    isTooOld: isKnown && PACKAGES_OF_FLOWER.has(packageName) && isBelow(version, OLDEST),
  };
}

/**
 * True if `release` (`flwr 1.36.0`) is a Flower before 1.`minor`. For defaults that changed between releases; who does
 * not say counts as the newest.
 */
export function isReleaseBefore(minor: number, release: string | undefined): boolean {
  const [packageName = '', version = ''] = release?.split(' ') ?? [];
  return PACKAGES_OF_FLOWER.has(packageName) && isBelow(version, { major: 1, minor });
}

function only([value, ...others]: readonly string[], form: RegExp): string | undefined {
  return value !== undefined && others.length === 0 && form.test(value) ? value : undefined;
}

function isBelow(version: string, bound: typeof OLDEST): boolean {
  const [, major, minor] = VERSION.exec(version) ?? [];
  if (Number(major) !== bound.major) return Number(major) < bound.major;
  return Number(minor) < bound.minor;
}
