/**
 * Text for places where VS Code reads more into text than is there: notifications and prompts make links of
 * `[words](command:…)`, quick picks and the status bar make icons of `$(name)`. Names of objects are hostile.
 */

/** For notifications and prompts: no link can come of it. */
export function withoutLinks(text: string): string {
  // A zero-width space between the brackets: it reads the same, and is no link any more.
  return text.replaceAll('](', ']\u200B(').replaceAll(/[\r\n]+/g, ' ');
}

/** For quick picks and the status bar: no icon can come of it. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', String.raw`\$(`).replaceAll(/[\r\n]+/g, ' ');
}
