import type { Facts } from '../core/facts.ts';
import type { Nik, NikFault } from '../core/nik.ts';
import type { Column } from './layout.ts';

/** One resident out of an export. Its strings may be slices of the whole block: use them up, do not keep them. */
export type ResidentRecord = {
  nik: Nik;
  /** Family-card number; null where the cell is not sixteen digits. */
  kk: string | null;
  /** As the export spells it, without surrounding blanks; null where blank or `-`. */
  name: string | null;
  suketNumber: string | null;
  facts: Facts;
};

export type RejectReason = NikFault | 'COLUMNS_MISSING' | 'COLUMNS_SURPLUS' | 'LINE_TOO_LONG' | 'QUOTE_NOT_CLOSED';

/** A record that is left out: where and why, never what it says. */
export type Reject = {
  /** Line of the file in which the record begins, from 1, the header included. */
  line: number;
  column: Column | null;
  reason: RejectReason;
};

export type RecordSink = {
  resident: (record: ResidentRecord) => void;
  reject: (reject: Reject) => void;
};
