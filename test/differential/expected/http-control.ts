import type { Explanation } from '../core/verdict';

/** What people see otherwise than from stock 1.42.0 over HTTP. */
export const CONTROL_OVER_HTTP: readonly Explanation[] = [
  {
    because: 'one without a zone too',
    classes: [
      'Control.ListRunSeries before the time "2999-01-01": OK -> 400 1003',
      'Control.ListRunSeries before the time "2999-01-01T00:00:00": OK -> 400 1003',
    ],
  },
  {
    because: 'a bad `updated_before` 1003',
    classes: ['Control any RPC where it breaks: 500 -> 400 1003'],
  },
  {
    because:
      'A request from before 1.39 names no federation, so an empty one is no fault (1.42: 12).',
    classes: [
      'Control.BeginConnectorOAuth of " ": 412 12 -> 400 38',
      'Control.BeginConnectorOAuth of "": 412 12 -> 400 38',
      'Control.BeginConnectorOAuth of "Google": 412 12 -> 404 39',
      'Control.BeginConnectorOAuth of "github": 412 12 -> 404 39',
      'Control.BeginConnectorOAuth of "gmail": 412 12 -> 404 39',
      'Control.BeginConnectorOAuth of "no-such": 412 12 -> 404 39',
      'Control.BeginConnectorOAuth without an address: 412 12 -> 400 38',
      'Control.DisconnectConnector of " ": 412 12 -> 400 38',
      'Control.DisconnectConnector of "": 412 12 -> 400 38',
      'Control.DisconnectConnector of "Google": 412 12 -> 404 39',
      'Control.DisconnectConnector of "github": 412 12 -> 404 39',
      'Control.DisconnectConnector of "gmail": 412 12 -> 404 39',
      'Control.DisconnectConnector of "no-such": 412 12 -> 404 39',
    ],
  },
  {
    because: 'The descriptions of the one federation and of the built-in agent are ours.',
    classes: [
      'Control.ListApps of the federation "@none/default": apps[].description=Chat with Flower Agent -> apps[].description=An agent of the app hub',
      'Control.ListFederations as usual: federations[].description=A federation for testing and development purposes. -> federations[].description=The one federation of this SuperLink.',
    ],
  },
  {
    because: 'A hash without content and `app_spec` means any stored FAB, as 1.34 and 1.35 send it',
    classes: [
      'Control.StartRun by the hash of a FAB that is there: 412 35 -> OK',
      'Control.StopRun by the hash of a FAB that is there: 404 16 -> OK',
    ],
  },
  {
    because: 'A node that an account registered is taken off by that account only (2006).',
    classes: ['Control.UnregisterNode that has tried to unregister itself: 404 24 -> OK'],
  },
  {
    because: '`UpdateRunSeriesDescription` tells the status of the last run, too.',
    classes: [
      'Control.UpdateRunSeriesDescription of a run, 13 characters: series.lastRunStatus=absent -> series.lastRunStatus={"status":"finished","subStatus":"completed","details":""}',
      'Control.UpdateRunSeriesDescription of a run, 80 characters: series.lastRunStatus=absent -> series.lastRunStatus={"status":"finished","subStatus":"completed","details":""}',
    ],
  },
  {
    because: 'counted once, when the reply is stored',
    classes: [
      'Control.ListRuns of all: runDict.run.clientappRuntime=2 -> runDict.run.clientappRuntime=0.5',
      'Control.ListRuns up to 4294967296: runDict.run.clientappRuntime=2 -> runDict.run.clientappRuntime=0.5',
      'Control.ListRuns with run_id = wire type 2: runDict.run.bytesSent=set -> runDict.run.bytesSent=unset',
      'Control.ShowFederation of the federation "@none/default": federation.description=A federation for testing and development purposes. federation.runs[].clientappRuntime=2 -> federation.description=The one federation of this SuperLink. federation.runs[].clientappRuntime=0.5',
    ],
  },
  {
    because: 'the last lines of a task that ended by itself are taken for 10 s',
    classes: [
      'Control.StreamLogs of logs that were pushed twice: log=line line  -> log=line line too late ',
    ],
  },
  {
    because: 'unknown federation 2',
    classes: ['Control.ShowFederation where it breaks: 500 -> 404 2'],
  },
  {
    because: '`StartRun` into an unknown series 17 (upstream: 14, INTERNAL)',
    classes: [
      'Control.StartRun into an unknown series: 500 14 -> 404 17',
      'Control.StartRun into the series 0: 500 14 -> 404 17',
    ],
  },
  {
    because: 'a file that is no ZIP, or has no `pyproject.toml`, 15',
    classes: ['Control.StartRun where it breaks: 500 -> 412 15'],
  },
];
