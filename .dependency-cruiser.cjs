const INFRASTRUCTURE =
  'auth|config|database|errors|generated|housekeeping|leases|logging|metrics|presence|rpc|waiting|wire';
const SPEC = '\\.spec\\.ts$';
const PRIVATE = '\\.(repository|sql|entity)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that import each other have one reason to change: join or split them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: [SPEC, '\\.d\\.ts$', '^src/main\\.ts$', '^src/generated/'] },
      to: {},
    },
    {
      name: 'module-internals-are-private',
      comment: 'Another module is reached through its services, never through its tables.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/program/' },
      to: { path: PRIVATE, pathNot: '^src/$1/' },
    },
    {
      name: 'root-files-keep-out-of-modules',
      comment: 'The same for the files that lie in src itself.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: PRIVATE },
    },
    {
      name: 'infrastructure-knows-no-feature',
      comment: 'Any folder that is not infrastructure counts as a feature, new ones too.',
      severity: 'error',
      from: { path: `^src/(${INFRASTRUCTURE})/`, pathNot: SPEC },
      to: { path: '^src/', pathNot: `^src/(${INFRASTRUCTURE})/` },
    },
    {
      name: 'controllers-call-services',
      comment: 'A controller decides nothing and reads no table.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: PRIVATE },
    },
    {
      name: 'program-is-the-top',
      comment: 'The program puts everything together; only main.ts starts it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(program/|main\\.ts$)' },
      to: { path: '^src/program/' },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      from: {},
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'nothing-imports-a-spec',
      severity: 'error',
      from: {},
      to: { path: SPEC },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'production-needs-no-dev-dependency',
      comment: 'Types vanish in the build, so a type-only import may come from anywhere.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'every-import-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
