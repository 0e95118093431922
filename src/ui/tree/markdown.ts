/**
 * Text of a server as Markdown that shows it as it is: no links, no HTML, no icons, no line breaks of its own.
 * Tooltips aren't trusted either, so this is the second of two locks.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~$:@]/g, String.raw`\$&`);
}

/** A tooltip: a bold heading, then lines of a label and a value. Everything is escaped here. */
export function tooltip(heading: string, lines: readonly (readonly [label: string, value: string | null])[]): string {
  const body = lines
    .filter((line): line is readonly [string, string] => line[1] !== null && line[1] !== '')
    .map(([label, value]) =>
      label === '' ? escapeMarkdown(value) : `${escapeMarkdown(label)}: ${escapeMarkdown(value)}`,
    );
  return [`**${escapeMarkdown(heading)}**`, ...body].join('\n\n');
}
