export type Language = 'id' | 'en';

/** Most relevant first is not promised by the header: the weight decides, then the order. `in` is Indonesian before 1989. */
const SPOKEN: Record<string, Language> = { id: 'id', in: 'id', en: 'en' };

/** The language of a page: `?lang=`, else the best of Accept-Language, else Indonesian. Never throws. */
export function chooseLanguage(query: string | undefined, acceptLanguage: string | undefined): Language {
  if (query === 'id' || query === 'en') return query;
  let best: { language: Language; weight: number } | null = null;
  for (const range of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = SPOKEN[tag.split('-')[0] ?? ''];
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (language !== undefined && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? 'id';
}
