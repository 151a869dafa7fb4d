import { createHash } from 'node:crypto';

import { withContentList, writeZip } from './zip-writer';

const PYPROJECT = `
[project]
name = "echo-app"
version = "1.0"
[tool.flwr.app]
publisher = "harbour"
components = { serverapp = "echo.server:app", clientapp = "echo.client:app" }
`;

/** The smallest app that can be started: no code, for runs whose processes the tests play. */
export const TINY_FAB = writeZip(
  withContentList([{ name: 'pyproject.toml', content: Buffer.from(PYPROJECT) }]),
);

export const TINY_FAB_HASH = createHash('sha256').update(TINY_FAB).digest('hex');
