/**
 * JavaScript of this program's own: beside what is marked to be copied stands a button that does it. Without scripts there is none.
 * What it copies comes from the document, and goes there as text only.
 */
export const copyScript = `
async function copy(from, button) {
  try {
    await navigator.clipboard.writeText(from.textContent);
  } catch {
    getSelection().selectAllChildren(from);
    document.execCommand('copy');
  }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}
for (const from of document.querySelectorAll('[data-copy], .commands pre')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', () => copy(from, button));
  if (from.tagName === 'PRE') {
    const box = document.createElement('div');
    box.className = 'copied';
    from.replaceWith(box);
    box.append(from, button);
  } else {
    button.className = 'copies';
    button.setAttribute('aria-label', 'Copy ' + from.textContent.slice(0, 12) + '…');
    from.after(button);
  }
}
`;
