const OURS_ALONE = /^(SUPERLINK_|FLWR_DATABASE$|PG[A-Z]+$)/;

/**
 * The environment for programs that are not ours, without our settings and those of libpq: a SuperExec hands it on to
 * ServerApps, which are other people's code and have no business in the database.
 */
export function environmentOfOthers(ours: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(ours).filter(([name]) => !OURS_ALONE.test(name)));
}
