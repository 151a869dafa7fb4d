import type { Explanation } from '../core/verdict';

/** What tasks and SuperExecs see otherwise than from stock 1.33.0 over gRPC. */
export const TASKS_OVER_GRPC: readonly Explanation[] = [
  {
    because:
      'Text with NUL and limits of 2^63 and more are refused, 1003: PostgreSQL cannot store them.',
    classes: ['ServerAppIo any RPC with a NUL: OK -> INVALID_ARGUMENT 1003'],
  },
  {
    because: 'full `NodeInfo`s: clients to 1.37 read their first field',
    classes: [
      'ServerAppIo.GetNodes as usual: one answer -> another (nodes[].heartbeatInterval nodes[].lastActivatedAt nodes[].onlineUntil nodes[].ownerAid nodes[].ownerName nodes[].publicKey nodes[].registeredAt nodes[].status)',
    ],
  },
  {
    because: 'instructions to node 1, until confirmed',
    classes: ['ServerAppIo.PushMessages of a message to the SuperLink: UNKNOWN -> OK'],
  },
  {
    because:
      "`PushObject` needs no valid session: any object that was registered for the caller's run and is missing is taken",
    classes: [
      'ServerAppIo any RPC with a NUL: stored=false -> stored=true',
      'ServerAppIo.PushObject in a session that nobody knows: stored=false -> stored=true',
      'ServerAppIo.PushObject with run_id = 18446744073709551615: stored=false -> stored=true',
      'ServerAppIo.PushObject with session_id = empty: stored=false -> stored=true',
    ],
  },
  {
    because: '`stored=true` while the object is there and belongs to the run',
    classes: ['ServerAppIo.PushObject again: stored=false -> stored=true'],
  },
  {
    because: 'same token, task running: the same input',
    classes: [
      'ServerAppIo.PullTaskInput again: FAILED_PRECONDITION -> OK',
      'ServerAppIo.PullTaskInput by a model, again: FAILED_PRECONDITION -> OK',
      'ServerAppIo.PullTaskInput while the run is running: FAILED_PRECONDITION -> OK',
    ],
  },
  {
    because:
      "The run in `PullTaskInput`'s answer is running already; upstream shows it as it was before.",
    classes: [
      'ServerAppIo.PullTaskInput as usual: run.runningAt=unset run.status.status=starting -> run.runningAt=set run.status.status=running',
      'ServerAppIo.PullTaskInput while the run is claimed: run.runningAt=unset run.status.status=starting -> run.runningAt=set run.status.status=running',
    ],
  },
  {
    because: 'given again from 2 s on until confirmed; then error 3',
    classes: [
      'ServerAppIo.PullMessages again, after 2 s: one answer -> another (messageObjectTrees[].children messageObjectTrees[].objectId messagesList[].content messagesList[].error messagesList[].metadata.groupId messagesList[].metadata.messageId messagesList[].metadata.messag)',
    ],
  },
  {
    because: 'OK if it says the same as the one that ended the task',
    classes: [
      'ServerAppIo.PushTaskOutput again: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput while the run is finished: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.array_record.items.value.data = empty: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.config_record.items.value.double_list.vals = NaN: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.config_record.items.value.sint64 = wire type 2: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.metric_record = missing: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.metric_record.items.value.double = wire type 0: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushTaskOutput with context.state.items.metric_record.items.value.sint64 = wire type 5: UNAUTHENTICATED -> OK',
    ],
  },
  {
    because: 'the last lines of a task that ended by itself are taken for 10 s',
    classes: [
      'ServerAppIo.PushLogs after the end: UNAUTHENTICATED -> OK',
      'ServerAppIo.PushLogs with the token of a task that has ended: UNAUTHENTICATED -> OK',
    ],
  },
  {
    because: 'refused (3009) | same id: OK',
    classes: ['ServerAppIo.PushTaskMessage again: FAILED_PRECONDITION -> OK'],
  },
  {
    because: 'A stored reply is returned even if its node has gone offline since',
    classes: [
      'ServerAppIo.PullMessages of a reply of a node that is unregistered: one answer -> another (messageObjectTrees[].children messageObjectTrees[].objectId messagesList[].content messagesList[].error messagesList[].metadata.messageId messagesList[].metadata.srcNodeId)',
    ],
  },
  {
    because: 'Messages are held back until all their objects are there',
    classes: [
      'ServerAppIo.PullMessages of a reply whose objects are not there yet: messageObjectTrees=one messagesList=one -> messageObjectTrees=none messagesList=none',
    ],
  },
  {
    because: "Made-up error replies carry the caller's run id (upstream 1.33: 0 for code 3).",
    classes: [
      'ServerAppIo.PullMessages of a message that nobody knows: messagesList[].metadata.runId=0 -> messagesList[].metadata.runId=run',
      'ServerAppIo.PullMessages of a reply that was confirmed: messagesList[].metadata.runId=0 -> messagesList[].metadata.runId=run',
    ],
  },
  {
    because: 'Objects are given and taken only within their run.',
    classes: [
      'ServerAppIo.PullObject of another run: objectAvailable=true objectContent=bytes objectFound=true -> objectAvailable=false objectContent= objectFound=false',
    ],
  },
  {
    because: "A message's id must be the root of its object tree.",
    classes: [
      'ServerAppIo.PushMessages of a message with the tree of another: OK -> INVALID_ARGUMENT',
    ],
  },
  {
    because: 'undecodable request 1003',
    classes: [
      'ServerAppIo any RPC where it breaks: INTERNAL -> INVALID_ARGUMENT 1003',
      'ServerAppIo any RPC with bytes that are no message: INTERNAL -> INVALID_ARGUMENT 1003',
      'ServerAppIo any RPC with text that is no UTF-8: INTERNAL -> INVALID_ARGUMENT 1003',
    ],
  },
  {
    because: 'What is malformed in itself is refused as such before anybody looks who sent it.',
    classes: [
      'ServerAppIo.PushMessages of nothing, by a model: PERMISSION_DENIED -> INVALID_ARGUMENT 3013',
      'ServerAppIo.PushMessages with a token of nobody: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'ServerAppIo.PushMessages with a token that nobody has: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'ServerAppIo.PushMessages with the token of a task that has ended: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'ServerAppIo.PushTaskOutput with a token of nobody: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
      'ServerAppIo.PushTaskOutput with a token that nobody has: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
      'ServerAppIo.PushTaskOutput with the token of a task that has ended: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
      'ServerAppIo.RecordTaskUsage with a token of nobody: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
      'ServerAppIo.RecordTaskUsage with a token that nobody has: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
      'ServerAppIo.RecordTaskUsage with the token of a task that has ended: UNAUTHENTICATED -> FAILED_PRECONDITION 3008',
    ],
  },
  {
    because:
      'ServerAppIo errors carry the codes that releases from 1.34 on use; 1.33 sends plain texts.',
    classes: [
      'ServerAppIo any RPC without a number: FAILED_PRECONDITION -> FAILED_PRECONDITION 3004',
      'ServerAppIo any RPC without a number: FAILED_PRECONDITION -> FAILED_PRECONDITION 3008',
      'ServerAppIo any RPC without a number: FAILED_PRECONDITION -> FAILED_PRECONDITION 3009',
      'ServerAppIo any RPC without a number: NOT_FOUND -> NOT_FOUND 39',
      'ServerAppIo any RPC without a number: PERMISSION_DENIED -> PERMISSION_DENIED 3001',
      'ServerAppIo any RPC without a number: PERMISSION_DENIED -> PERMISSION_DENIED 3003',
      'ServerAppIo any RPC without a number: PERMISSION_DENIED -> PERMISSION_DENIED 3005',
      'ServerAppIo any RPC without a number: PERMISSION_DENIED -> PERMISSION_DENIED 3007',
    ],
  },
  {
    because: 'An app creates no tasks of type `flwr-simulation` (3008).',
    classes: ['ServerAppIo.CreateTask of a simulation: OK -> FAILED_PRECONDITION 3008'],
  },
  {
    because: 'token counts of 2^63 and more are taken',
    classes: [
      'ServerAppIo.RecordTaskUsage with task_usage.input_tokens = 9223372036854775808: UNKNOWN -> OK',
    ],
  },
  {
    because: 'the same message twice in one call is stored once',
    classes: ['ServerAppIo.PushMessages of the same message twice: UNKNOWN -> OK'],
  },
  {
    because:
      'malformed message or tree INVALID_ARGUMENT, and nothing of the call is stored; empty or unequal lists 3013',
    classes: [
      'ServerAppIo.PushMessages of a message of no time at all: OK -> INVALID_ARGUMENT',
      'ServerAppIo.PushMessages where it breaks: UNKNOWN -> INVALID_ARGUMENT',
      'ServerAppIo.PushMessages where it breaks: UNKNOWN -> INVALID_ARGUMENT 3013',
    ],
  },
  {
    because: 'message of another run 3014',
    classes: ['ServerAppIo.PushMessages where it breaks: UNKNOWN -> PERMISSION_DENIED 3014'],
  },
  {
    because: 'malformed task message 3009',
    classes: ['ServerAppIo.PushTaskMessage where it breaks: UNKNOWN -> FAILED_PRECONDITION 3009'],
  },
  {
    because: 'Upstream refuses them from task processes, and any other minor release than its own.',
    classes: [
      'ServerAppIo.SendTaskHeartbeat of a later release: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of a release and nothing else: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of a release that is none: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of a release to come: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of an empty release: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of an older release: FAILED_PRECONDITION 1001 -> OK',
      'ServerAppIo.SendTaskHeartbeat of another package: FAILED_PRECONDITION 1001 -> OK',
    ],
  },
  {
    because: 'a bad automation of a task 42',
    classes: ['ServerAppIo.StartAutomation where it breaks: UNKNOWN -> INVALID_ARGUMENT 42'],
  },
];
