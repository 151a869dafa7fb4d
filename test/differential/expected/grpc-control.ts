import type { Explanation } from '../core/verdict';

/** What people see otherwise than from stock 1.33.0 over gRPC. */
export const CONTROL_OVER_GRPC: readonly Explanation[] = [
  {
    because: 'one without a zone too',
    classes: [
      'Control.ListRunSeries before the time "2999-01-01": OK -> INVALID_ARGUMENT 1003',
      'Control.ListRunSeries before the time "2999-01-01T00:00:00": OK -> INVALID_ARGUMENT 1003',
    ],
  },
  {
    because:
      'Fields that later releases added count for all: older clients skip them in answers, and send none.',
    classes: [
      'Control.GetRunSeries of a finished run: runs=none -> runs=one',
      'Control.GetRunSeries of several runs: runs=none -> runs=more',
      'Control.GetRunSeries while the run is claimed: runs=none -> runs=one',
      'Control.GetRunSeries while the run is pending: runs=none -> runs=one',
      'Control.GetRunSeries while the run is running: runs=none -> runs=one',
      'Control.GetRunSeries with events: runs=none -> runs=one',
      'Control.ListConnectors of the federation "@none/other": OK -> FAILED_PRECONDITION 25',
      'Control.ShowFederation of the federation "@none/default": federation.description=A federation for testing and development purposes. federation.memberCount=absent -> federation.description=The one federation of this SuperLink. federation.memberCount=1',
    ],
  },
  {
    because: 'The descriptions of the one federation and of the built-in agent are ours.',
    classes: [
      'Control.ListFederations as usual: federations[].description=A federation for testing and development purposes. federations[].memberCount=absent federations[].members=none -> federations[].description=The one federation of this SuperLink. federations[].memberCount=1 federations[].members=one',
    ],
  },
  {
    because: 'A node that an account registered is taken off by that account only (2006).',
    classes: ['Control.UnregisterNode that has tried to unregister itself: NOT_FOUND 24 -> OK'],
  },
  {
    because: 'counted once, when the reply is stored',
    classes: [
      'Control.ListRuns of all: runDict.run.bytesRecv=set runDict.run.bytesSent=set runDict.run.clientappRuntime=some -> runDict.run.bytesRecv=unset runDict.run.bytesSent=unset runDict.run.clientappRuntime=others',
      'Control.ListRuns up to 4294967296: runDict.run.bytesRecv=set runDict.run.bytesSent=set runDict.run.clientappRuntime=some -> runDict.run.bytesRecv=unset runDict.run.bytesSent=unset runDict.run.clientappRuntime=others',
      'Control.ListRuns with run_id = wire type 2: runDict.run.bytesRecv=set runDict.run.bytesSent=set -> runDict.run.bytesRecv=unset runDict.run.bytesSent=unset',
    ],
  },
  {
    because: 'the last lines of a task that ended by itself are taken for 10 s',
    classes: [
      'Control.StreamLogs of logs that were pushed twice: log=line line  -> log=line line too late ',
    ],
  },
  {
    because: 'undecodable request 1003',
    classes: [
      'Control any RPC where it breaks: INTERNAL -> INVALID_ARGUMENT 1003',
      'Control any RPC with bytes that are no message: INTERNAL -> INVALID_ARGUMENT 1003',
      'Control any RPC with text that is no UTF-8: INTERNAL -> INVALID_ARGUMENT 1003',
    ],
  },
  {
    because: '`GetAuthTokens` without accounts 19',
    classes: ['Control.GetAuthTokens where it breaks: INTERNAL -> UNIMPLEMENTED 19'],
  },
  {
    because: 'unknown federation 2',
    classes: ['Control.ShowFederation where it breaks: INTERNAL -> NOT_FOUND 2'],
  },
  {
    because: '`StartRun` into an unknown series 17 (upstream: 14, INTERNAL)',
    classes: [
      'Control.StartRun into an unknown series: INTERNAL 14 -> NOT_FOUND 17',
      'Control.StartRun into the series 0: INTERNAL 14 -> NOT_FOUND 17',
    ],
  },
  {
    because: 'a file that is no ZIP, or has no `pyproject.toml`, 15',
    classes: ['Control.StartRun where it breaks: INTERNAL -> FAILED_PRECONDITION 15'],
  },
];
