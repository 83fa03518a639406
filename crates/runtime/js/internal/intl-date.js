'use strict';
// Dates and times as texts: the words are English, the order and the separators those of the locale where it is known.

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MINUTE_MS = 60_000;

// Locale or language -> how a date of digits is written: order, separator, digits of day and month, hours to 24.
const MANNERS = {
  'en-US': { order: 'mdy', separator: '/', width: 1, is24: false },
  'en-GB': { order: 'dmy', separator: '/', width: 2, is24: true },
  'en-CA': { order: 'ymd', separator: '-', width: 2, is24: false },
  'en-AU': { order: 'dmy', separator: '/', width: 2, is24: false },
  'en-IN': { order: 'dmy', separator: '/', width: 1, is24: false },
  de: { order: 'dmy', separator: '.', width: 1, is24: true },
  fr: { order: 'dmy', separator: '/', width: 2, is24: true },
  es: { order: 'dmy', separator: '/', width: 1, is24: true },
  it: { order: 'dmy', separator: '/', width: 2, is24: true },
  nl: { order: 'dmy', separator: '-', width: 1, is24: true },
  pt: { order: 'dmy', separator: '/', width: 2, is24: true },
  sv: { order: 'ymd', separator: '-', width: 2, is24: true },
};

// What `dateStyle` and `timeStyle` stand for.
const DATE_STYLES = {
  full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  long: { year: 'numeric', month: 'long', day: 'numeric' },
  medium: { year: 'numeric', month: 'short', day: 'numeric' },
  short: { year: '2-digit', month: 'numeric', day: 'numeric' },
};
const TIME_STYLES = {
  full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' },
  long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  short: { hour: 'numeric', minute: '2-digit' },
};

const two = (value) => String(value).padStart(2, '0');
const mannerOf = (locale) => MANNERS[locale] ?? MANNERS[locale.split('-')[0]] ?? MANNERS['en-US'];

// Minutes that a zone is ahead of UTC at a time. The host knows the zones; where it has none, UTC is all there is.
function offsetOf(zone, ms) {
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  if (/^(utc|gmt|etc\/utc|etc\/gmt)$/i.test(zone)) return 0;
  const minutes = native.zoneOffset?.(zone, ms);
  if (minutes === undefined) throw new RangeError(`Invalid time zone specified: ${zone}`);
  return minutes;
}

function nameOfZone(zone, offset) {
  if (offset === 0 && /utc/i.test(zone)) return 'UTC';
  if (offset === 0) return 'GMT';
  const minutes = Math.abs(offset) % 60;
  const hours = Math.trunc(Math.abs(offset) / 60);
  return `GMT${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${two(minutes)}`}`;
}

// A list of parts from pieces with a separator between them; a piece is `[type, value]` or nothing.
function join(pieces, separator) {
  const parts = [];
  for (const [type, value] of pieces.filter(Boolean)) {
    if (parts.length > 0) parts.push({ type: 'literal', value: separator });
    parts.push({ type, value });
  }
  return parts;
}

function yearOf(date, style) {
  const year = date.getUTCFullYear();
  return style === '2-digit' ? two(((year % 100) + 100) % 100) : String(year);
}

function wordOf(word, style) {
  return style === 'long' ? word : style === 'narrow' ? word[0] : word.slice(0, 3);
}

function digitDate(date, fields, manner) {
  // A lone field is as wide as asked for; in a whole date the locale has its own width.
  const isWhole = fields.year !== undefined && fields.month !== undefined && fields.day !== undefined;
  const width = (style) => (style === '2-digit' || (isWhole && manner.width === 2) ? 2 : 1);
  const pieces = {
    d: fields.day && ['day', String(date.getUTCDate()).padStart(width(fields.day), '0')],
    m: fields.month && ['month', String(date.getUTCMonth() + 1).padStart(width(fields.month), '0')],
    y: fields.year && ['year', yearOf(date, fields.year)],
  };
  return join(
    [...manner.order].map((letter) => pieces[letter]),
    manner.separator,
  );
}

// "January 5, 2024", or "5 January 2024" where the day comes first.
function wordDate(date, fields, manner) {
  const day = fields.day && ['day', fields.day === '2-digit' ? two(date.getUTCDate()) : String(date.getUTCDate())];
  const month = ['month', wordOf(MONTHS[date.getUTCMonth()], fields.month)];
  const year = fields.year && ['year', yearOf(date, fields.year)];
  if (manner.order === 'dmy') return join([day, month, year], ' ');
  const parts = join([month, day], ' ');
  if (year) parts.push({ type: 'literal', value: day ? ', ' : ' ' }, { type: year[0], value: year[1] });
  return parts;
}

function dateParts(date, fields, manner) {
  const isWord = ['long', 'short', 'narrow'].includes(fields.month);
  const parts = isWord ? wordDate(date, fields, manner) : digitDate(date, fields, manner);
  if (fields.weekday === undefined) return parts;
  const weekday = { type: 'weekday', value: wordOf(WEEKDAYS[date.getUTCDay()], fields.weekday) };
  if (parts.length === 0) return [weekday];
  return [weekday, { type: 'literal', value: ', ' }, ...parts];
}

// Where hours go to 12 by themselves, "not to 12" means from 1 to 24 in the standard.
function cycleOf({ hourCycle, hour12 }, { is24 }) {
  if (hour12 === undefined) return hourCycle ?? (is24 ? 'h23' : 'h12');
  if (hour12) return 'h12';
  return is24 ? 'h23' : 'h24';
}

function timeParts(date, fields, manner, zoneName) {
  const cycle = cycleOf(fields, manner);
  const is24 = cycle === 'h23' || cycle === 'h24';
  const hours = date.getUTCHours();
  const hour = cycle === 'h23' ? hours : cycle === 'h24' ? hours || 24 : hours % 12 || 12;
  const isWide = fields.hour === '2-digit' || is24;
  const isAlone = fields.hour === undefined && (fields.minute === undefined || fields.second === undefined);
  const sixty = (value, style) => (isAlone && style !== undefined ? String(value) : two(value));
  const parts = join(
    [
      fields.hour && ['hour', isWide ? two(hour) : String(hour)],
      fields.minute && ['minute', sixty(date.getUTCMinutes(), fields.minute)],
      fields.second && ['second', sixty(date.getUTCSeconds(), fields.second)],
    ],
    ':',
  );
  if (fields.fractionalSecondDigits) {
    const fraction = String(date.getUTCMilliseconds()).padStart(3, '0').slice(0, fields.fractionalSecondDigits);
    if (parts.length > 0) parts.push({ type: 'literal', value: '.' });
    parts.push({ type: 'fractionalSecond', value: fraction });
  }
  if (fields.hour !== undefined && !is24) {
    const value = hours < 12 ? 'AM' : 'PM';
    parts.push({ type: 'literal', value: ' ' }, { type: 'dayPeriod', value: lowerWhereUsual(value, manner) });
  }
  if (fields.timeZoneName !== undefined) {
    if (parts.length > 0) parts.push({ type: 'literal', value: ' ' });
    parts.push({ type: 'timeZoneName', value: zoneName });
  }
  return parts;
}

// Outside of the United States the halves of the day are written small.
const lowerWhereUsual = (text, manner) => (manner === MANNERS['en-US'] ? text : text.toLowerCase());

function fieldsOf(options) {
  return { ...DATE_STYLES[options.dateStyle], ...TIME_STYLES[options.timeStyle], ...options };
}

/** The parts of a time; `options` are those of `Intl.DateTimeFormat`, with a time zone. */
exports.formatToParts = function formatToParts(ms, locale, options) {
  const offset = offsetOf(options.timeZone, ms);
  const date = new Date(ms + offset * MINUTE_MS);
  const manner = mannerOf(locale);
  const fields = fieldsOf(options);
  const day = dateParts(date, fields, manner);
  const time = timeParts(date, fields, manner, nameOfZone(options.timeZone, offset));
  if (day.length === 0 || time.length === 0) return [...day, ...time];
  const gap = fields.month === 'long' ? ' at ' : ', ';
  return [...day, { type: 'literal', value: gap }, ...time];
};

exports.offsetOf = offsetOf;
