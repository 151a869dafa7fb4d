import js from '@eslint/js';
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

const TESTS = ['test/**/*.ts', 'src/**/*.spec.ts'];
const TOOLS = ['scripts/**/*.mjs', 'docker/*.mjs', 'bench/**/*.{ts,mjs}'];
const PLAIN_JS = ['**/*.{js,mjs,cjs}'];

const SPLICED_SQL = [
  {
    selector:
      'CallExpression[callee.property.name=/^(query|stream)$/] > TemplateLiteral.arguments[expressions.length>0]',
    message: 'A statement is constant text; values go in as $n.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(query|stream)$/] > BinaryExpression.arguments[operator="+"]',
    message: 'A statement is constant text; values go in as $n.',
  },
];
const NEST_TRAPS = [
  {
    selector: 'CallExpression[callee.property.name="createQueryBuilder"]',
    message: 'Write the statement in a *.sql.ts file instead.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^useGlobal/]',
    message: 'Provide it by APP_GUARD, APP_INTERCEPTOR or APP_FILTER: useGlobal* can miss gRPC.',
  },
];
const ENVIRONMENT = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only src/config reads the environment.',
};
const BARE_ERROR = {
  selector: 'NewExpression[callee.name=/^(Error|HttpException|RpcException)$/]',
  message: 'Throw a SuperLinkError with a code of the catalogue.',
};

const restrict = (...entries) => ({ 'no-restricted-syntax': ['error', ...entries] });
const ALWAYS = [...SPLICED_SQL, ...NEST_TRAPS];

/** A switched-off rule must say why: `eslint-disable-next-line rule -- reason`. */
const reasonedDisable = {
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({ loc: comment.loc, message: 'Give the reason after " -- ".' });
        }
      }
    },
  }),
};

export default tseslint.config(
  {
    ignores: [
      'src/generated/**',
      '**/dist/**',
      '**/.venv/**',
      '**/.cache/**',
      '**/node_modules/**',
      '**/coverage/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: {
      'simple-import-sort': simpleImportSort,
      house: { rules: { 'reasoned-disable': reasonedDisable } },
    },
    rules: {
      'house/reasoned-disable': 'error',
      'simple-import-sort/imports': 'error',
      'simple-import-sort/exports': 'error',
      eqeqeq: 'error',
      complexity: ['error', 10],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      ...restrict(...ALWAYS, ENVIRONMENT, BARE_ERROR),
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Nest modules are classes that hold nothing but a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Nest declares its options as classes and wants plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  { files: ['src/config/**/*.ts'], rules: restrict(...ALWAYS, BARE_ERROR) },
  {
    files: ['src/errors/**/*.ts', 'src/rpc/**/*.ts'],
    rules: restrict(...ALWAYS, ENVIRONMENT),
  },
  {
    files: TESTS,
    rules: {
      ...restrict(...ALWAYS),
      'max-lines-per-function': 'off',
      // An absent row fails the assertion that reads it; spies are named without being called.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // It is loaded into a replica, beside the program.
  { files: ['test/**/*.mjs'], rules: restrict(...ALWAYS) },
  { files: TOOLS, rules: { ...restrict(...ALWAYS), 'no-console': 'off' } },
  {
    files: PLAIN_JS,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['AbortController', 'AbortSignal', 'Buffer', 'URL', 'URLSearchParams', 'TextDecoder'],
          ...['clearInterval', 'clearTimeout', 'console', 'fetch', 'performance', 'process'],
          ...['queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'],
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable' } },
  },
);
