// Texts in the page's language.

import { de } from './locales/de';
import { en, type Messages } from './locales/en';
import { es } from './locales/es';
import { fr } from './locales/fr';
import { ja } from './locales/ja';

export const LANGUAGES: Record<string, Messages> = { en, es, fr, de, ja };

export type Key = keyof Messages;
export type Translate = (key: Key, values?: Record<string, string>) => string;

/** The language to show: the page's parameter, then the browser's, then English. */
export function languageOf(asked: string | null, browser: readonly string[]): string {
  const wanted = [asked, ...browser].map((tag) => tag?.toLowerCase().split('-')[0] ?? '');
  return wanted.find((tag) => tag in LANGUAGES) ?? 'en';
}

/** Texts of a language with `{names}` filled in. */
export function translator(language: string): Translate {
  const messages = LANGUAGES[language] ?? en;
  return (key, values = {}) => messages[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
