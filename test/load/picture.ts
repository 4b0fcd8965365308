/** What became of the questions that were to be sent within one second. */
export type Second = {
  REGISTRY: number;
  SNAPSHOT: number;
  /** Told to come again. */
  unavailable: number;
  /** Without any answer. */
  none: number;
  /** From the moment at which each was to be sent to its last byte. */
  p50Ms: number;
  p99Ms: number;
};
/** From one second to another. */
export type Stretch = { name: string; from: number; to: number };

const WIDTH = 900;
const LEFT = 64;
const RIGHT = 880;
const RATES = { top: 60, bottom: 220 };
const TIMES = { top: 270, bottom: 430 };
const HEIGHT = 480;
const MAX_MS = 10_000;
/** From the ground up. */
const KINDS = [
  { name: 'REGISTRY', color: '#4b2e98' },
  { name: 'SNAPSHOT', color: '#e0900f' },
  { name: 'unavailable', color: '#b00020' },
  { name: 'none', color: '#777777' },
] as const;
const BANDS: Record<string, string> = { import: '#e6eefb', freeze: '#fdecee' };

/** Draws a run as an SVG: answers a second by source, and the time of the slowest hundredth, on a logarithmic scale. */
export function drawPicture(seconds: readonly Second[], stretches: readonly Stretch[], rate: number): string {
  const x = (second: number): number => round(LEFT + ((RIGHT - LEFT) * second) / seconds.length);
  const rateY = (count: number): number => scale(RATES, count / (rate * 1.25));
  const timeY = (ms: number): number => scale(TIMES, Math.log10(Math.max(1, ms)) / Math.log10(MAX_MS));

  const bands = stretches.map(({ name, from, to }) => {
    const band = `<rect x="${x(from)}" y="40" width="${round(x(to) - x(from))}" height="390" fill="${BANDS[name]}"/>`;
    return `${band}${label(x(from) + 3, 52, name)}`;
  });
  const bars = seconds.flatMap((second, i) => {
    let below = 0;
    return KINDS.map(({ name, color }) => {
      const [from, to] = [rateY(below), rateY(below + second[name])];
      below += second[name];
      const width = round(x(i + 1) - x(i) - 0.5);
      return `<rect x="${x(i)}" y="${to}" width="${width}" height="${round(from - to)}" fill="${color}"/>`;
    });
  });
  const line = (of: 'p50Ms' | 'p99Ms', color: string): string => {
    const points = seconds.map((second, i) => `${x(i + 0.5)},${timeY(second[of])}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  };
  const rateLines = [0, rate / 2, rate].map((count) => ruler(rateY(count), String(Math.round(count))));
  const timeLines = [1, 10, 100, 1_000, 10_000].map((ms) => ruler(timeY(ms), `${ms} ms`));
  const legend = KINDS.map(({ name, color }, i) => key(LEFT + i * 120, 455, name, color));
  const ticks = seconds.flatMap((_, i) => (i % 10 === 0 ? [label(x(i), 444, `${i} s`)] : []));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    label(LEFT, 24, `Answers a second, of ${rate} that are asked whatever becomes of the ones before`),
    ...bands,
    ...rateLines,
    ...bars,
    label(LEFT, TIMES.top - 14, 'Milliseconds from the moment of asking: p99 (dark) and p50'),
    ...timeLines,
    line('p50Ms', '#8fb996'),
    line('p99Ms', '#17683b'),
    ...ticks,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

const round = (value: number): number => Math.round(value * 10) / 10;
const scale = ({ top, bottom }: { top: number; bottom: number }, share: number): number =>
  round(bottom - (bottom - top) * Math.min(1, share));
const label = (x: number, y: number, text: string): string => `<text x="${x}" y="${y}" fill="#1e1a2b">${text}</text>`;
const ruler = (y: number, text: string): string =>
  `<line x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}" stroke="#d8d4e2"/>` +
  `<text x="${LEFT - 6}" y="${y + 4}" text-anchor="end" fill="#544f66">${text}</text>`;
const key = (x: number, y: number, text: string, color: string): string =>
  `<rect x="${x}" y="${y}" width="12" height="12" fill="${color}"/>${label(x + 18, y + 11, text)}`;
