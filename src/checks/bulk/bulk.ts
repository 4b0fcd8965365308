import type { RegistryKeys } from '../../registry/registry-keys.ts';
import { recordRequest } from '../../registry/requests.ts';
import type { Sql } from '../../registry/sql.ts';
import { admitted } from '../../registry/standing.ts';
import { keyCheck } from '../../registry/tags.ts';
import type { Caller, Rules } from '../check.ts';
import { createShares, type Take } from '../shares.ts';
import { inTime, onceMore, Unavailable } from '../unavailable.ts';
import { answerPieces } from './answer-pieces.ts';
import { openCsv } from './csv.ts';
import type { FormatName } from './format.ts';
import { BULK_LIMITS, type UploadLimits } from './limits.ts';
import { openLines } from './ndjson.ts';
import type { BulkSummary } from './outcomes.ts';
import { throughSpool } from './through-spool.ts';
import { type OpenSpool, receiveUpload, type Upload } from './upload.ts';

export type BulkDependencies = {
  keys: RegistryKeys;
  rules: Rules;
  sql: Sql;
  openSpool: OpenSpool;
  limits: UploadLimits;
};
export type BulkRequest = {
  /** The request's own id, a UUID: that of its audit row. */
  id: string;
  format: FormatName;
  body: AsyncIterable<Uint8Array>;
  /** Hears how many lines and bytes of the text were answered, and how many bytes it has. */
  progress?(lines: number, bytes: number, totalBytes: number): void;
  done?(summary: BulkSummary): void;
};

/**
 * Answers a file of questions, line by line in its order, from one state of the registry. Rejects with `TooLarge`,
 * `IntakeRefusal`, `Refused` or `Unavailable`; resolves, once audited, with the answer.
 * Each piece is made when it is asked for; whoever stops early must `return` the generator. It throws `Unavailable`.
 */
export type Bulk = (request: BulkRequest, caller: Caller) => Promise<AsyncGenerator<Uint8Array>>;

export function createBulk(dependencies: BulkDependencies): Bulk {
  const takeUpload = createShares({ each: BULK_LIMITS.maxUploadsPerClient, all: BULK_LIMITS.maxUploads });
  const takePlace = createShares({ each: BULK_LIMITS.maxPerClient, all: BULK_LIMITS.maxAtOnce });

  async function* answer(request: BulkRequest, caller: Caller): AsyncGenerator<Uint8Array> {
    // Told at once rather than after an upload in vain.
    const place = takePlace(caller.client);
    place?.();
    const uploaded = place === null ? null : takeUpload(caller.client);
    if (uploaded === null) throw new Unavailable('TOO_MANY_BULK');
    const { openSpool, limits } = dependencies;
    const upload = await receiveUpload(request.body, openSpool, limits).finally(uploaded);
    let leave: (() => void) | undefined;
    try {
      leave = await placeInTime(takePlace, caller.client);
      yield* throughSpool(await audited(dependencies, request, upload, caller), openSpool);
    } finally {
      leave?.();
      await upload.spool.close();
    }
  }

  return async (request, caller) => {
    const pieces = answer(request, caller);
    // What keeps us from answering at all is an error of the request, not an answer that breaks off.
    const first = await pieces.next();
    return resumed(first.value as Uint8Array, pieces);
  };
}

/** The answer, behind its audit row: that says what was asked (lines, digest); what comes of it is not known yet. */
async function audited(
  dependencies: BulkDependencies,
  request: BulkRequest,
  { bytes, textBytes, lines, sha256, spool }: Upload,
  { client, region: claim }: Caller,
): Promise<AsyncGenerator<Uint8Array>> {
  const { keys, sql } = dependencies;
  const format = request.format === 'csv' ? await openCsv(spool.read()) : openLines(spool.read());
  const detail = { format: request.format, bytes, lines, sha256 };
  const record = { kind: 'BULK', id: request.id, keyCheck: keyCheck(keys), client, claim, detail } as const;
  const { claim: region } = admitted(await onceMore(() => inTime(recordRequest(sql, record))));
  return answerPieces(dependencies, { ...request, sha256, textBytes }, { client, region }, format);
}

/** A place among those that are answered, of which an upload takes one only once it is whole. */
async function placeInTime(take: Take, client: string): Promise<() => void> {
  for (let waitedMs = 0; ; waitedMs += BULK_LIMITS.placeLookMs) {
    const place = take(client);
    if (place !== null) return place;
    if (waitedMs >= BULK_LIMITS.maxPlaceWaitMs) throw new Unavailable('TOO_MANY_BULK');
    await new Promise((resolve) => setTimeout(resolve, BULK_LIMITS.placeLookMs));
  }
}

/** Pieces of which the first was taken. It must be begun, or `rest` does not end. */
async function* resumed(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
