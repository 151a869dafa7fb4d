import type { ProxyAnswer } from '../support/answer-log';
import { strangeAnswers, tellAnswers } from './proxy-record';

const CALL = 'POST /v1/fleet/pull-messages';

const answer = (status: number, endedBy = '-'): ProxyAnswer => ({
  ...{ at: 0, call: CALL },
  ...{ status, endedBy },
});

describe('the record of the balancer', () => {
  it.each([
    ['what was served', answer(200)],
    ['what clients send again', answer(503, 'S')],
    ["a refusal of the protocol's", answer(401)],
    ['a client that has gone', answer(400, 'C')],
    ['a client that fell silent', answer(408, 'c')],
    ['an answer cut short, which clients send again', answer(200, 'S')],
    ['no answer before the client had gone', answer(-1, 'C')],
  ])('finds nothing in %s', (_, given) => {
    expect(strangeAnswers([given])).toEqual([]);
  });

  it.each([400, 413, 429, 500, 502, 504])('finds a %d that somebody was told', (status) => {
    expect(strangeAnswers([answer(200), answer(status, 'S'), answer(status)])).toEqual([
      `the balancer answers ${CALL}: ${status}`,
    ]);
  });

  it('is told in a line', () => {
    const all = [answer(200), answer(503, 'S'), answer(503), answer(200, 'S'), answer(-1, 'C')];
    expect(tellAnswers(all)).toBe('over HTTP: 5 answers, 2 of them 503, 2 cut short');
  });
});
