/** Largest FAB that StartRun takes, in bytes of the ZIP itself (the CLI's own limit too). */
export const FAB_LIMIT_BYTES = 10 * 1024 * 1024;

/** Largest sum of the unpacked sizes of a FAB's files. */
export const UNPACKED_LIMIT_BYTES = 10 * FAB_LIMIT_BYTES;

/** Most entries of a FAB, its list of contents included. */
export const ENTRY_LIMIT = 10_000;

/** Largest `pyproject.toml`. */
export const PYPROJECT_LIMIT_BYTES = 1024 * 1024;

/** Largest `.info/CONTENT`: 10,000 lines of a path, a hash and a size fit. */
export const CONTENT_LIST_LIMIT_BYTES = 4 * 1024 * 1024;

/** Longest path inside a FAB, in bytes of UTF-8. */
export const PATH_LIMIT_BYTES = 512;

/** Most folders and file name together; the CLI itself stops at 10. */
export const PATH_DEPTH_LIMIT = 32;
