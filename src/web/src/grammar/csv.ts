export type Cell = string | number | null | undefined;

export interface TableOf {
  head: string[];
  rows: Cell[][];
}

/** Text that a spreadsheet would run as a formula is made harmless; numbers never are touched. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with the mark by which spreadsheets know UTF-8. `about` says first what is counted. */
export function csv(table: TableOf, about: string[] = []): string {
  const lines = [...about.map((line) => [`# ${line}`]), table.head, ...table.rows];
  return `\uFEFF${lines.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function save(name: string, content: BlobPart, type: string) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const fileName = (...parts: string[]) => parts.join('-').replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 120);
