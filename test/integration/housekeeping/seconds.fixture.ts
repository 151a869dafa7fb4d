/**
 * Table `seconds` (i, at): 20 minutes of them that are over, more than a step takes, and 10 that are not. With a row of each,
 * none goes too soon unseen.
 */
export const MAKE_SECONDS = `
create table seconds as
select i, now() + i * interval '1 second' as at from generate_series(-1200, 600) i`;
