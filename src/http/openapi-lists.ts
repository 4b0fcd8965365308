import { LIST_LIMITS } from '../checks/lists/limits.ts';
import { type Operation, one, TOKEN } from './openapi-operations.ts';

const ID = '0160e9b4-8d00-4000-8000-000000000000';
const CURSOR = 'c12';
const BEFORE = {
  document: 'SUKET',
  voter: 'ELIGIBLE',
  reasons: ['RECORDED_NOT_PRINTED'],
  statusCode: 'PRINT_READY_RECORD',
};
const AFTER = { document: 'EKTP', voter: 'ELIGIBLE', reasons: ['CARD_PRINTED'], statusCode: 'CARD_ISSUED' };
const METERED = ['too-many-requests', ...TOKEN] as const;
const AS_OF = '2018-02-12T17:00:00+07:00';

/** The operations of voter lists. */
export const LIST_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/lists',
    id: 'createList',
    tag: 'lists',
    summary: 'Keep a list of voters, whole or not at all',
    description:
      'The same key with the same body gives the same list again, with 200. NIKs are kept as keyed tags only. A table has a column `ref` and one of NIKs, under any name that an import knows; its other columns are passed over. Faults are told at the line and its column, lines counted from 1.',
    scope: 'lists',
    idempotent: true,
    located: true,
    body: {
      'application/x-ndjson': { lines: 'ListLine', examples: one('{"ref":"1","nik":"3201011403859001"}\n') },
      'text/csv': { examples: one('ref;nik\r\n1;3201011403859001\r\n') },
    },
    answer: { 'application/json': { schema: 'CreatedList', examples: one({ id: ID, rows: 1, cursor: CURSOR }) } },
    status: 201,
    alsoStatus: 200,
    problems: ['bad-request', 'conflict', 'content-too-large', 'unsupported-media-type', 'invalid', ...METERED],
  },
  {
    method: 'get',
    path: '/v1/lists/{id}',
    id: 'countList',
    tag: 'lists',
    summary: 'How many of a list have which document',
    scope: 'lists',
    parameters: { id: ID },
    answer: {
      'application/json': {
        schema: 'ListCounts',
        examples: one({
          ...{ id: ID, rows: 1, createdAt: '2018-01-13T02:00:00Z', cursor: CURSOR, asOf: AS_OF },
          documents: { EKTP: 0, SUKET: 1, NEITHER: 0, UNDETERMINED: 0 },
        }),
      },
    },
    problems: ['not-found', ...METERED],
  },
  {
    method: 'get',
    path: '/v1/lists/{id}/changes',
    id: 'listChanges',
    tag: 'lists',
    summary: 'What a check would show otherwise than before, in the order of commits',
    scope: 'lists',
    parameters: { id: ID },
    query: {
      after: {
        description: 'The cursor of the page before; since the list came without it',
        schema: { type: 'string' },
      },
      limit: {
        description: 'Changes at most',
        schema: { type: 'integer', minimum: 1, maximum: LIST_LIMITS.maxPage },
      },
    },
    answer: {
      'application/json': {
        schema: 'ListChanges',
        examples: one({ changes: [{ ref: '1', from: BEFORE, to: AFTER, asOf: AS_OF }], cursor: CURSOR, more: false }),
      },
    },
    problems: ['not-found', 'conflict', 'invalid', ...METERED],
  },
  {
    method: 'delete',
    path: '/v1/lists/{id}',
    id: 'deleteList',
    tag: 'lists',
    summary: 'Forget a list',
    scope: 'lists',
    parameters: { id: ID },
    answer: {},
    status: 204,
    problems: ['not-found', ...TOKEN],
  },
];
