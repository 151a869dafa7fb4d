// Writes docs/configuration.md from the table of settings: node scripts/write-configuration-doc.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import typescript from 'typescript';

const require = createRequire(import.meta.url);
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

// the sources as they are, so that no build has to come first
require.extensions['.ts'] = (module, file) => {
  const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: typescript.ModuleKind.CommonJS, target: 'es2022' },
  });
  module._compile(outputText, file);
};

const { configurationDocument } = require(at('src/config/configuration-document.ts'));
writeFileSync(at('docs/configuration.md'), configurationDocument());
