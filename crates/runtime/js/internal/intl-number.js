'use strict';
// Numbers as texts, in the manner of a handful of languages; all others are written as English is.

// Language -> [separator of groups, decimal point, digits that a number needs to be grouped]. The gap of French is a
// narrow space that does not break.
const SEPARATORS = {
  en: [',', '.', 4],
  de: ['.', ',', 4],
  es: ['.', ',', 5],
  fr: ['\u202f', ',', 4],
  it: ['.', ',', 5],
  nl: ['.', ',', 4],
  pt: ['.', ',', 4],
};
// Languages that write the unit of money or percent after the number, after a space that does not break.
const UNIT_LAST = new Set(['de', 'es', 'fr', 'it']);
const SYMBOLS = {
  USD: '$',
  EUR: '€',
  GBP: '£',
  JPY: '¥',
  INR: '₹',
  CNY: 'CN¥',
  KRW: '₩',
  CAD: 'CA$',
  AUD: 'A$',
  NZD: 'NZ$',
  MXN: 'MX$',
  BRL: 'R$',
  ILS: '₪',
  VND: '₫',
  TWD: 'NT$',
  HKD: 'HK$',
};
// Currencies whose amounts have not two digits after the point (ISO 4217).
const MINOR_DIGITS = {
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  ISK: 0,
  XAF: 0,
  XOF: 0,
  PYG: 0,
  UGX: 0,
  BHD: 3,
  KWD: 3,
  OMR: 3,
  JOD: 3,
  TND: 3,
};
// The steps of compact numbers: power of ten, short and long name.
const COMPACT = [
  [0, '', ''],
  [3, 'K', ' thousand'],
  [6, 'M', ' million'],
  [9, 'B', ' billion'],
  [12, 'T', ' trillion'],
];

const languageOf = (locale) => locale.split('-')[0].toLowerCase();

// A number as its shortest decimal: `{digits, point}`, the value being 0.digits * 10^point.
function toDecimal(value) {
  const [mantissa, exponent = '0'] = String(value).toLowerCase().split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const leading = (whole + fraction).length - digits.length;
  return { digits, point: whole.length - leading + Number(exponent) };
}

// Rounds to `keep` digits, half away from zero.
function roundTo({ digits, point }, keep) {
  if (keep >= digits.length) return { digits, point };
  if (keep < 0) return { digits: '', point };
  if (digits[keep] < '5') return { digits: digits.slice(0, keep), point };
  const raised = String(BigInt(digits.slice(0, keep) || '0') + 1n).padStart(keep, '0');
  return { digits: raised, point: point + raised.length - keep };
}

// The digits before and after the point.
function toParts({ digits, point }, minFraction) {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = (point > 0 ? digits.slice(point) : '0'.repeat(digits === '' ? 0 : -point) + digits).replace(
    /0+$/,
    '',
  );
  return { whole, fraction: fraction.padEnd(minFraction, '0') };
}

/** The digit options with their defaults, as the standard resolves them. */
function digitOptions(options) {
  const { style, notation } = options;
  const minor = style === 'currency' ? (MINOR_DIGITS[options.currency] ?? 2) : 0;
  const most = style === 'currency' ? minor : style === 'percent' || notation === 'compact' ? 0 : 3;
  const { minimumFractionDigits, maximumFractionDigits } = options;
  const min = minimumFractionDigits ?? Math.min(minor, maximumFractionDigits ?? minor);
  const max = maximumFractionDigits ?? Math.max(most, min);
  if (!(min >= 0 && max <= 100 && min <= max)) throw new RangeError('maximumFractionDigits value is out of range.');
  return { min, max };
}

function roundByOptions(decimal, options) {
  const { minimumSignificantDigits: least, maximumSignificantDigits: most } = options;
  if (least !== undefined || most !== undefined) {
    const rounded = roundTo(decimal, most ?? 21);
    const point = rounded.digits === '' ? 1 : rounded.point;
    return toParts(rounded, Math.max((least ?? 1) - point, 0));
  }
  const { min, max } = digitOptions(options);
  const hasChoice = options.minimumFractionDigits !== undefined || options.maximumFractionDigits !== undefined;
  // Compact numbers keep two digits where they have only one before the point.
  if (options.notation === 'compact' && !hasChoice) return toParts(roundTo(decimal, Math.max(2, decimal.point)), 0);
  return toParts(roundTo(decimal, decimal.point + max), min);
}

function group(whole, locale, options) {
  const [separator, , least] = SEPARATORS[languageOf(locale)] ?? SEPARATORS.en;
  if (options.useGrouping === false || whole.length < least) return whole;
  return whole.replace(/\B(?=(\d{3})+$)/g, separator);
}

function numeral(decimal, locale, options) {
  const { whole, fraction } = roundByOptions(decimal, options);
  const padded = whole.padStart(options.minimumIntegerDigits ?? 1, '0');
  const [, point] = SEPARATORS[languageOf(locale)] ?? SEPARATORS.en;
  return group(padded, locale, options) + (fraction === '' ? '' : point + fraction);
}

function compact(decimal, locale, options) {
  const scaledBy = (power) => ({ ...decimal, point: decimal.point - power });
  // By what it is rounded to: 999.995 is 1K.
  const fits = ([power]) => roundByOptions(scaledBy(power), options).whole.length <= 3;
  const [power, short, long] = COMPACT.find(fits) ?? COMPACT.at(-1);
  return numeral(scaledBy(power), locale, options) + (options.compactDisplay === 'long' ? long : short);
}

function withUnit(text, locale, options) {
  const isLast = UNIT_LAST.has(languageOf(locale));
  if (options.style === 'percent') return isLast && languageOf(locale) !== 'it' ? `${text}\u00a0%` : `${text}%`;
  if (options.style !== 'currency') return text;
  const { currency, currencyDisplay } = options;
  const symbol = currencyDisplay === 'code' ? currency : (SYMBOLS[currency] ?? currency);
  if (isLast) return `${text}\u00a0${symbol}`;
  // A code needs a gap, a symbol does not.
  return /^[A-Z]{3}$/.test(symbol) ? `${symbol}\u00a0${text}` : symbol + text;
}

function signOf(isNegative, isZero, display = 'auto') {
  if (display === 'never') return '';
  if (isNegative) return display === 'exceptZero' && isZero ? '' : '-';
  return display === 'always' || (display === 'exceptZero' && !isZero) ? '+' : '';
}

// The text without its sign and its unit.
function magnitude(value, locale, options) {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '∞';
  const decimal = toDecimal(value);
  if (options.style === 'percent' && decimal.digits !== '') decimal.point += 2;
  return options.notation === 'compact' ? compact(decimal, locale, options) : numeral(decimal, locale, options);
}

/** The text of a number or a big integer; `options` are those of `Intl.NumberFormat`. */
exports.format = function format(value, locale, options) {
  const isNegative = value < 0 || Object.is(value, -0);
  const text = magnitude(isNegative ? -value : value, locale, options);
  // What is written as zero counts as zero.
  const isZero = !/[1-9∞]/.test(text);
  return signOf(isNegative, isZero, options.signDisplay) + withUnit(text, locale, options);
};

exports.digitOptions = digitOptions;
