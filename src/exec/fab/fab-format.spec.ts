import { parse, type TomlTable } from 'smol-toml';
import { describe, expect, it } from 'vitest';

import { InvalidFabError } from './fab.errors';
import { checkFabFormat } from './fab-format';

const PATHS = new Set(['pyproject.toml', 'LICENSE']);

function check(project: string, app: string): void {
  const read = (toml: string): TomlTable => parse(toml, { integersAsBigInt: true });
  checkFabFormat(read(project), read(app), PATHS);
}

function checkOne(dependency: string, target: string): void {
  check(
    `license = { file = "LICENSE" }\ndependencies = [${JSON.stringify(dependency)}]`,
    `fab-format-version = 1\nflwr-version-target = ${JSON.stringify(target)}`,
  );
}

describe('format 0', () => {
  it.each(['', 'dependencies = []', 'dependencies = ["flwr @ https://a.b/c.whl", "numpy"]'])(
    'is content with %j',
    (project) => {
      expect(() => {
        check(project, 'flwr-version-target = "ignored"');
      }).not.toThrow();
    },
  );

  it.each([
    ['dependencies = "flwr"', /list of strings/],
    ['dependencies = [1]', /something else/],
    ['dependencies = ["flwr>1", "flwr<2"]', /more than once/],
    ['dependencies = ["flwr>=x"]', /not a requirement/],
    ['dependencies = ["!"]', /not a requirement/],
  ])('refuses %j', (project, message) => {
    expect(() => {
      check(project, '');
    }).toThrow(message);
  });
});

describe('format 1', () => {
  it.each([
    ['flwr>=1.31', '1.31.0'],
    ['flwr[simulation]>=1.31.0,<2', '1.42'],
    ['flwr (>=1.31, !=1.32.*) ; python_version >= "3.11"', '1.33.0'],
    ['flwr>=1.0,~=1.31', '1.99'],
    ['flwr>=1.31rc1', '1.31rc2'],
    ['flwr>=1.31,==1.*', '1.40.1'],
    ['flwr>=1.31,<=1.33', '1.33.0'],
    ['flwr>=1.31,>1.31', '1.31.1'],
  ])('takes %j with target %j', (dependency, target) => {
    expect(() => {
      checkOne(dependency, target);
    }).not.toThrow();
  });

  it.each([
    ['flwr>=1.31', '1.30.9'],
    ['flwr>=1.31', '1.32rc1'],
    ['flwr>=1.31,!=1.32.*', '1.32.1'],
    ['flwr>=1.31,<1.33', '1.33'],
    ['flwr>=1.31rc1,<1.33', '1.33rc1'],
    ['flwr>=1.31,>1.31', '1.31.post1'],
    ['flwr>=1.31,~=1.31.0', '1.32'],
    ['flwr>=1.31,==1.31', '1.31.1'],
    ['flwr>=1.31', '1!0.1rc1'],
  ])('refuses %j with target %j', (dependency, target) => {
    expect(() => {
      checkOne(dependency, target);
    }).toThrow(/does not meet/);
  });

  it.each(['numpy', 'flwr', 'flwr>1.30', 'flwr @ https://a.b/c.whl'])(
    'needs a lower bound on flwr, not %j',
    (dependency) => {
      expect(() => {
        checkOne(dependency, '1.31');
      }).toThrow(/dependency on flwr with ">="/);
    },
  );

  it.each(['', '"MIT"', '{ text = "MIT" }', '{ file = "LICENCE" }', '{ file = "LICENSE.md" }'])(
    'needs a license file of the FAB, not %j',
    (license) => {
      const project = `dependencies = ["flwr>=1.31"]\n${license && `license = ${license}`}`;
      expect(() => {
        check(project, 'fab-format-version = 1\nflwr-version-target = "1.31"');
      }).toThrow(InvalidFabError);
    },
  );

  it.each(['', 'flwr-version-target = 1', 'flwr-version-target = "new"'])(
    'needs a version as target, not %j',
    (target) => {
      expect(() => {
        check('license = { file = "LICENSE" }', `fab-format-version = 1\n${target}`);
      }).toThrow(/needs a version as/);
    },
  );
});
