import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof en;
    enableSelector: false;
  }
}

export const languages = ['ja', 'en'] as const;
export type Language = (typeof languages)[number];

const kept = 'language';

/** Chosen before, else what the browser prefers. */
export function preferred(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(kept);
  } catch {
    // Storage may be closed to us; the browser's language will do.
  }
  return languages.find((l) => l === stored) ?? (navigator.language.startsWith('ja') ? 'ja' : 'en');
}

/** Each language is a file of its own; Japanese brings its font. */
async function texts(language: Language) {
  if (language === 'ja') void import('@fontsource-variable/noto-sans-jp/index.css');
  return language === 'ja' ? (await import('./ja')).default : (await import('./en')).default;
}

export async function start() {
  const language = preferred();
  document.documentElement.lang = language;
  await i18n.use(initReactI18next).init({
    lng: language,
    resources: { [language]: await texts(language) },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export async function speak(language: Language) {
  const all = await texts(language);
  for (const [namespace, entries] of Object.entries(all)) i18n.addResourceBundle(language, namespace, entries, true, true);
  try {
    localStorage.setItem(kept, language);
  } catch {
    // Then it is not remembered.
  }
  document.documentElement.lang = language;
  await i18n.changeLanguage(language);
}

export const number = (value: number, digits = 0) => new Intl.NumberFormat(i18n.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
export const percent = (value: number) => `${number(value, value >= 99.95 || value === 0 ? 0 : 1)}%`;
/** A day as it is stored, without the browser's time zone having a say. */
export const day = (iso: string) => new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
export const instant = (iso: string) => new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' }).format(new Date(iso));
export const bytes = (n: number) => (n < 1024 ? `${number(n)} B` : n < 1024 * 1024 ? `${number(n / 1024, 1)} KB` : `${number(n / 1024 / 1024, 1)} MB`);
