/** Months and weekdays in Indonesian, English and Dutch, as databases and people write them. */
const MONTHS: readonly string[] = [
  'JAN JANUARI JANUARY',
  'FEB PEB FEBR FEBRUARI PEBRUARI FEBRUARY',
  'MAR MRT MARET MARCH MAART',
  'APR APRIL',
  'MEI MAY',
  'JUN JUNI JUNE',
  'JUL JULI JULY',
  'AUG AGU AGS AGT AGUST AGUSTUS AUGUST AUGUSTUS',
  'SEP SEPT SEPTEMBER',
  'OKT OCT OKTOBER OCTOBER',
  'NOV NOP NOVEMBER NOPEMBER',
  'DES DEC DESEMBER DECEMBER',
];
const WEEKDAYS = new Set(
  `MINGGU AHAD SENIN SELASA RABU KAMIS JUMAT SABTU MIN SEN SEL RAB KAM JUM SAB
   SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUN MON TUE TUES WED THU THUR THURS FRI SAT
   ZONDAG MAANDAG DINSDAG WOENSDAG DONDERDAG VRIJDAG ZATERDAG ZO MA DI WO DO VR ZA`.split(/\s+/),
);

const BY_NAME = new Map(
  MONTHS.flatMap((names, i) => names.split(' ').map((name): [string, number] => [name, i + 1])),
);

export const monthNamed = (name: string): number | undefined => BY_NAME.get(name);
export const isWeekday = (name: string): boolean => WEEKDAYS.has(name.replace(/['’]/g, ''));
