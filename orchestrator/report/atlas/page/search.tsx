import type { JSX } from 'preact';
import { digitsTold, linkTo, places, rootFrom } from '../places.ts';

/** Finds a file by its SHA-256. Without scripts, what is hidden stays so and the table of first digits leads there. */
export function Search({ place }: { readonly place: string }): JSX.Element {
  return (
    <search>
      <form id="search" data-root={rootFrom(place)} hidden>
        <label class="sum">
          SHA-256{' '}
          <input
            name="sum"
            autocomplete="off"
            spellcheck={false}
            size={64}
            placeholder="64 digits and letters a to f"
          />
        </label>
        <button type="submit">Look it up</button>
        <label>
          or a file, which stays on this machine <input type="file" name="file" />
        </label>
        <output aria-live="polite" />
      </form>
      <p>
        A program's SHA-256 says what it is: <code>sha256sum FILE</code> prints it, and{' '}
        <a href={linkTo(place, places.digests)}>its first two digits lead to it</a>.
      </p>
    </search>
  );
}

/** Bytes. What is hashed is in memory as a whole, and browsers refuse that from 1 or 2 GiB on (Chromium 2^31), less where memory is short. */
const leastTooLarge = 2 ** 30;

/**
 * The search of pages that have one. It hashes what is chosen or dropped, and goes to the page of its first digits: nothing is loaded or sent.
 */
export const searchScript = `
const form = document.getElementById('search');
const say = (text) => { form.querySelector('output').textContent = text; };

function look(text) {
  const sum = text.trim().toLowerCase().replace(/^sha256:/, '').split(/\\s/)[0];
  if (!/^[0-9a-f]{64}$/.test(sum)) return say('A SHA-256 has 64 digits and letters from a to f.');
  say('');
  const to = new URL(form.dataset.root + 'sha256/' + sum.slice(0, 2) + '.html#' + sum, location.href).href;
  if (to === location.href) show();
  else location.href = to;
}

async function hash(file) {
  if (crypto.subtle === undefined) return say('This browser hashes files only on pages that came by https, or from disk: "sha256sum" does, too.');
  say('Hashing ' + file.name + ' …');
  try {
    const sum = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    look([...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  } catch {
    say(file.size < ${leastTooLarge} ? 'That cannot be read as a file.' : 'That is too large for this browser. "sha256sum" hashes it, too: put what it prints into the field.');
  }
}

function begin() {
form.hidden = false;
form.addEventListener('submit', (event) => { event.preventDefault(); look(form.elements.sum.value); });
form.elements.file.addEventListener('change', () => { if (form.elements.file.files[0]) hash(form.elements.file.files[0]); });
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file === undefined) look(event.dataTransfer.getData('text'));
  else hash(file);
});

addEventListener('hashchange', show);
show();
}

/* The page says which of its sums was asked for: by all its digits, or by the first of them, as a link within the atlas does. */
function show() {
  const asked = location.hash.slice(1).toLowerCase();
  if (!/^[0-9a-f]{${digitsTold},64}$/.test(asked) || document.querySelector('[data-sums]') === null) return;
  if (!location.pathname.endsWith('/' + asked.slice(0, 2) + '.html')) return;
  const place = document.getElementById(asked.slice(0, ${digitsTold}));
  const sum = place === null ? '' : place.querySelector('.hash').textContent;
  const isFound = sum.startsWith(asked) && sum !== '';
  form.elements.sum.value = isFound ? sum : asked;
  if (isFound && location.hash !== '#' + place.id) return location.replace('#' + place.id);
  say(isFound ? 'Found: it is marked below.' : 'No release here names this file, and none was built so.');
}
if (form !== null) begin();
`;
