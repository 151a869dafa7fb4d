import {
  compareBase,
  compareVersions,
  parsePythonVersion,
  type PythonVersion,
} from './python-version';

type Operator = '===' | '~=' | '==' | '!=' | '<=' | '>=' | '<' | '>';

/** One condition such as `>=1.31`; `isPrefix` stands for a trailing `.*`. */
export interface VersionCondition {
  readonly operator: Operator;
  readonly version: PythonVersion;
  readonly isPrefix: boolean;
}

/** A dependency by PEP 508, without its extras and its marker. */
export interface PythonRequirement {
  readonly name: string;
  readonly conditions: readonly VersionCondition[];
}

const NAME = /^\s*([a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?)\s*(?:\[[^\]]*\])?\s*/i;
const CONDITION = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s]+)\s*$/;

/**
 * Reads a dependency of `[project].dependencies`; undefined if it isn't one. One that names an
 * address (`flwr @ https://…`) has no conditions.
 */
export function parseRequirement(text: string): PythonRequirement | undefined {
  const head = NAME.exec(text);
  if (head?.[1] === undefined) {
    return undefined;
  }
  const rest = text.slice(head[0].length);
  if (rest.startsWith('@')) {
    return { name: head[1], conditions: [] };
  }
  const conditions = parseConditions((rest.split(';')[0] ?? '').trim());
  return conditions === undefined ? undefined : { name: head[1], conditions };
}

function parseConditions(text: string): VersionCondition[] | undefined {
  const bare = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  if (bare.trim() === '') {
    return [];
  }
  const conditions = bare.split(',').map(parseCondition);
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function parseCondition(text: string): VersionCondition | undefined {
  const [, operator, versionText] = CONDITION.exec(text) ?? [];
  if (versionText === undefined || !isOperator(operator)) {
    return undefined;
  }
  const isPrefix = versionText.endsWith('.*') && (operator === '==' || operator === '!=');
  const version = parsePythonVersion(isPrefix ? versionText.slice(0, -2) : versionText);
  const isLacking = version === undefined || (operator === '~=' && version.release.length < 2);
  return isLacking ? undefined : { operator, version, isPrefix };
}

function isOperator(text: string | undefined): text is Operator {
  return text !== undefined && Object.hasOwn(TESTS, text);
}

/**
 * Whether a version meets all the conditions by the rules of PEP 440: a pre-release only does where
 * a condition names one.
 */
export function satisfies(
  version: PythonVersion,
  conditions: readonly VersionCondition[],
): boolean {
  const isPrereleaseWanted = conditions.some(
    ({ operator, version: named }) => operator !== '!=' && named.isPrerelease,
  );
  if (version.isPrerelease && !isPrereleaseWanted) {
    return false;
  }
  return conditions.every((condition) => TESTS[condition.operator](version, condition));
}

type Test = (version: PythonVersion, condition: VersionCondition) => boolean;

const TESTS: Readonly<Record<Operator, Test>> = {
  '===': (version, { version: named }) => compareVersions(version, named) === 0,
  '==': isEqual,
  '!=': (version, condition) => !isEqual(version, condition),
  '~=': (version, { version: named }) =>
    compareVersions(version, named) >= 0 && hasPrefix(version, named, named.release.length - 1),
  '<=': (version, { version: named }) => compareVersions(version, named) <= 0,
  '>=': (version, { version: named }) => compareVersions(version, named) >= 0,
  '<': (version, { version: named }) =>
    compareVersions(version, named) < 0 && !isJustBefore(version, named),
  '>': (version, { version: named }) =>
    compareVersions(version, named) > 0 && !isJustAfter(version, named),
};

/** `<1.31` doesn't mean 1.31rc1. */
function isJustBefore(version: PythonVersion, named: PythonVersion): boolean {
  return version.isPrerelease && !named.isPrerelease && compareBase(version, named) === 0;
}

/** `>1.31` doesn't mean 1.31.post1. */
function isJustAfter(version: PythonVersion, named: PythonVersion): boolean {
  return version.isPostrelease && !named.isPostrelease && compareBase(version, named) === 0;
}

function isEqual(version: PythonVersion, condition: VersionCondition): boolean {
  const named = condition.version;
  return condition.isPrefix
    ? hasPrefix(version, named, named.release.length)
    : compareVersions(version, named) === 0;
}

function hasPrefix(version: PythonVersion, named: PythonVersion, length: number): boolean {
  const prefix = named.release.slice(0, length);
  return (
    version.epoch === named.epoch && prefix.every((part, at) => part === (version.release[at] ?? 0))
  );
}
