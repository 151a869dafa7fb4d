/** A version by PEP 440. Local labels (`+cu12`) are read and left out: Flower has none. */
export interface PythonVersion {
  readonly epoch: number;
  readonly release: readonly number[];
  /** What stands behind the release number, as ranks in the order in which versions are sorted. */
  readonly suffix: readonly [pre: number, preNumber: number, post: number, dev: number];
  readonly isPrerelease: boolean;
  readonly isPostrelease: boolean;
}

const VERSION =
  /^v?(?:(?<epoch>\d{1,9})!)?(?<release>\d{1,9}(?:\.\d{1,9}){0,19})(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d{0,9}))?(?<post>-(?<dashNumber>\d{1,9})|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d{0,9}))?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d{0,9}))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

const PRE_RANK: ReadonlyMap<string, number> = new Map([
  ['a', 0],
  ['alpha', 0],
  ['b', 1],
  ['beta', 1],
]);
const CANDIDATE_RANK = 2;
const NO_PRE_RANK = 3;
const DEV_ONLY_RANK = -1;

/** Reads a version by PEP 440; undefined if it isn't one. */
export function parsePythonVersion(text: string): PythonVersion | undefined {
  const parts: Partial<Record<string, string>> | undefined = VERSION.exec(text.trim())?.groups;
  if (parts?.['release'] === undefined) {
    return undefined;
  }
  const { epoch, release, pre, preNumber, post, dashNumber, postNumber, dev, devNumber } = parts;
  const isPostrelease = post !== undefined;
  const isDev = dev !== undefined;
  return {
    epoch: toNumber(epoch),
    release: release.split('.').map(Number),
    suffix: [
      rankOfPre(pre, isDev && !isPostrelease),
      toNumber(preNumber),
      isPostrelease ? toNumber(dashNumber) + toNumber(postNumber) : -1,
      isDev ? toNumber(devNumber) : Infinity,
    ],
    isPrerelease: pre !== undefined || isDev,
    isPostrelease,
  };
}

/** A number that isn't written counts as 0: `1.0rc` is `1.0rc0`. */
function toNumber(digits: string | undefined): number {
  return Number(digits ?? '');
}

/** `1.0.dev1` comes before `1.0a1`, which comes before `1.0rc1`, which comes before `1.0`. */
function rankOfPre(name: string | undefined, isDevOfRelease: boolean): number {
  if (name !== undefined) {
    return PRE_RANK.get(name.toLowerCase()) ?? CANDIDATE_RANK;
  }
  return isDevOfRelease ? DEV_ONLY_RANK : NO_PRE_RANK;
}

/** Negative, 0 or positive as `a` comes before, equals or comes after `b`. */
export function compareVersions(a: PythonVersion, b: PythonVersion): number {
  return compareBase(a, b) || compareLists(a.suffix, b.suffix);
}

/** Compares epoch and release number only. */
export function compareBase(a: PythonVersion, b: PythonVersion): number {
  return a.epoch - b.epoch || compareLists(a.release, b.release);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? 0, b[at] ?? 0];
    if (left !== right) {
      return left < right ? -1 : 1;
    }
  }
  return 0;
}
