import { cleanCell, decodeText } from './cell.ts';

const MAX_KEY_LENGTH = 64;

/**
 * Remembers what the bytes of a cell mean, for columns of few values: up to `maxTexts`, then it starts anew.
 * Keys are copies: a slice would keep the whole block it was cut from.
 */
export function memo<Value>(maxTexts: number, read: (cleanText: string) => Value): (byteText: string) => Value {
  const known = new Map<string, Value>();
  return (byteText) => {
    const remembered = known.get(byteText);
    if (remembered !== undefined) return remembered;
    const value = read(cleanCell(decodeText(byteText)));
    if (byteText.length > MAX_KEY_LENGTH) return value;
    if (known.size >= maxTexts) known.clear();
    known.set(Buffer.from(byteText, 'latin1').toString('latin1'), value);
    return value;
  };
}
