const MAX_KEY_LENGTH = 64;

/** Remembers what `read` makes of short texts; forgets all rather than grow beyond `maxTexts` of them. */
export function memo<Value, Source = void>(
  maxTexts: number,
  read: (byteText: string, source: Source) => Value,
): (byteText: string, source: Source) => Value {
  const known = new Map<string, Value>();
  return (byteText, source) => {
    const remembered = known.get(byteText);
    if (remembered !== undefined) return remembered;
    const value = read(byteText, source);
    if (byteText.length > MAX_KEY_LENGTH) return value;
    if (known.size >= maxTexts) known.clear();
    // A copy: a slice as key would keep the whole block it was cut from.
    known.set(Buffer.from(byteText, 'latin1').toString('latin1'), value);
    return value;
  };
}
