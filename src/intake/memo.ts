import { cellText } from './cell.ts';

const MAX_KEY_LENGTH = 64;

/** A Map that forgets all rather than grow beyond `maxTexts` entries. Long keys are not kept at all. */
export class TextCache<Value> {
  private readonly known = new Map<string, Value>();
  private readonly maxTexts: number;

  constructor(maxTexts: number) {
    this.maxTexts = maxTexts;
  }

  get(byteText: string): Value | undefined {
    return this.known.get(byteText);
  }

  put(byteText: string, value: Value): void {
    if (byteText.length > MAX_KEY_LENGTH) return;
    if (this.known.size >= this.maxTexts) this.known.clear();
    // A copy: a slice as key would keep the whole record it was cut from.
    this.known.set(Buffer.from(byteText, 'latin1').toString('latin1'), value);
  }
}

/** Remembers what the bytes of a cell mean, for columns of few values. */
export function memo<Value>(maxTexts: number, read: (cleanText: string) => Value): (byteText: string) => Value {
  const cache = new TextCache<Value>(maxTexts);
  const blank = read('');
  return (byteText) => {
    if (byteText === '') return blank;
    const remembered = cache.get(byteText);
    if (remembered !== undefined) return remembered;
    const value = read(cellText(byteText));
    cache.put(byteText, value);
    return value;
  };
}
