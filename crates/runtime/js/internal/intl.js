'use strict';
// `Intl`: the classes that scripts format and compare with. Texts are compared by the host; numbers and dates are
// written here, in the manner of the common locales and in English words (internal/intl-number.js, intl-date.js).

const dates = require('internal/intl-date');
const numbers = require('internal/intl-number');

const first = (locales) => (Array.isArray(locales) ? locales[0] : locales) ?? '';

// The classes work without `new`, as the standard has it for the older of them.
function callable(Class) {
  return new Proxy(Class, { apply: (target, self, values) => new target(...values) });
}

// Called with what the standard calls options: an object, or nothing.
function plain(options) {
  return options === undefined || options === null ? {} : { ...options };
}

class Base {
  #locale;

  constructor(locales) {
    this.#locale = String(first(locales) || 'en-US');
  }

  get locale() {
    return this.#locale;
  }

  static supportedLocalesOf(locales) {
    return locales === undefined ? [] : [].concat(locales);
  }
}

class NumberFormat extends Base {
  #options;

  constructor(locales, options) {
    super(locales);
    this.#options = plain(options);
    const { style, currency } = this.#options;
    if (style === 'currency' && currency === undefined) {
      throw new TypeError('Currency code is required with currency style.');
    }
    if (currency !== undefined) this.#options.currency = String(currency).toUpperCase();
    numbers.digitOptions(this.#options);
    // Bound, because `values.map(format.format)` is common.
    this.format = (value) => {
      const number = typeof value === 'bigint' ? value : Number(value);
      return numbers.format(number, this.locale, this.#options);
    };
  }

  resolvedOptions() {
    const { min, max } = numbers.digitOptions(this.#options);
    const digits = { minimumFractionDigits: min, maximumFractionDigits: max };
    return { locale: this.locale, numberingSystem: 'latn', style: 'decimal', ...digits, ...this.#options };
  }
}

const DATE_FIELDS = ['weekday', 'year', 'month', 'day', 'dateStyle'];
const TIME_FIELDS = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits', 'timeStyle'];
const DATE_DEFAULTS = { year: 'numeric', month: 'numeric', day: 'numeric' };
const TIME_DEFAULTS = { hour: 'numeric', minute: 'numeric', second: 'numeric' };

// Adds the fields that the standard adds when none of the `required` kind is asked for.
function withDefaults(options, required, defaults) {
  const fields = { date: DATE_FIELDS, time: TIME_FIELDS, any: [...DATE_FIELDS, ...TIME_FIELDS] }[required];
  if (fields.some((name) => options[name] !== undefined)) return options;
  return { ...(defaults !== 'time' && DATE_DEFAULTS), ...(defaults !== 'date' && TIME_DEFAULTS), ...options };
}

class DateTimeFormat extends Base {
  #options;

  constructor(locales, options, required = 'any', defaults = 'date') {
    super(locales);
    const given = plain(options);
    this.#options = { ...withDefaults(given, required, defaults), timeZone: String(given.timeZone ?? 'UTC') };
    dates.offsetOf(this.#options.timeZone, 0); // an unknown zone is refused here, not at the first use
    this.format = (date) => this.formatToParts(date).reduce((text, { value }) => text + value, '');
  }

  formatToParts(date) {
    const ms = date === undefined ? Date.now() : Number(date);
    if (!Number.isFinite(ms)) throw new RangeError('Invalid time value');
    return dates.formatToParts(ms, this.locale, this.#options);
  }

  resolvedOptions() {
    return { locale: this.locale, calendar: 'gregory', numberingSystem: 'latn', ...this.#options };
  }
}

class Collator extends Base {
  #options;

  constructor(locales, options) {
    super(locales);
    this.#options = plain(options);
    const json = JSON.stringify(this.#options);
    this.compare = (a, b) => native.compare(String(a), String(b), this.locale, json);
  }

  resolvedOptions() {
    return { locale: this.locale, usage: 'sort', sensitivity: 'variant', numeric: false, ...this.#options };
  }
}

// English has these rules; for other languages "other" is the answer that is always understood.
class PluralRules extends Base {
  #type;

  constructor(locales, options) {
    super(locales);
    this.#type = plain(options).type ?? 'cardinal';
  }

  select(value) {
    const number = Math.abs(Number(value));
    if (!this.locale.startsWith('en')) return 'other';
    if (this.#type === 'ordinal') return ordinalOf(number);
    return number === 1 ? 'one' : 'other';
  }

  resolvedOptions() {
    return { locale: this.locale, type: this.#type };
  }
}

function ordinalOf(number) {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return teen ? 'other' : ({ 1: 'one', 2: 'two', 3: 'few' }[number % 10] ?? 'other');
}

/** The text of `Date.prototype.toLocaleString` and its like; `required` and `defaults` as in the standard. */
function formatDate(date, locales, options, required, defaults) {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  return new DateTimeFormat(locales, options, required, defaults).format(date);
}

const Intl = {
  NumberFormat: callable(NumberFormat),
  DateTimeFormat: callable(DateTimeFormat),
  Collator: callable(Collator),
  PluralRules,
  getCanonicalLocales: (locales) => (locales === undefined ? [] : [].concat(locales)),
};
Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });

module.exports = { Intl, formatDate };
