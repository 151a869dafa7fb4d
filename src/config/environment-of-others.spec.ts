import { environmentOfOthers } from './environment-of-others';

it('tells programs that are not ours nothing of how to reach the database', () => {
  const others = { PATH: '/bin', FLWR_HOME: '/flwr', FLWR_LOG_LEVEL: 'DEBUG' };
  const ours = {
    FLWR_DATABASE: 'postgres://flower:secret@db/flower',
    SUPERLINK_DATABASE_DIRECT: 'postgres://flower:secret@db/flower',
    PGPASSWORD: 'secret',
  };
  expect(environmentOfOthers({ ...others, ...ours })).toEqual(others);
});
