/** The outcome of reading untrusted input: a value, or the code of what is wrong with it (never the input itself). */
export type Result<Value, Code extends string = string> = { ok: true; value: Value } | { ok: false; code: Code };

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const fail = <Code extends string>(code: Code): { ok: false; code: Code } => ({ ok: false, code });
