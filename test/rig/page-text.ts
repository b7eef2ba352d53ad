/** What stands between tags, as a reader has it. */
export function textOf(page: string): string {
  const shown = page.replace(/<(style|script)\b[^>]*>[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ');
  const plain = shown
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'");
  return plain.replaceAll('&amp;', '&').replace(/\s+/g, ' ');
}
