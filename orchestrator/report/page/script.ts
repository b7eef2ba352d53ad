import { copyScript } from '../html/copy.ts';

/**
 * The page's own JavaScript: the filter, copy buttons, and opening what a link leads to. Without it everything can be read.
 * What it shows comes from the document, and goes there as text only.
 */
export const pageScript = `
'use strict';
const form = document.getElementById('filter');
const projects = [...document.querySelectorAll('.project')];
const all = document.querySelectorAll('.file').length;
const opened = new Map(projects.map((each) => [each, each.open]));

function fits(file, project, wanted) {
  const { verdict, platform } = file.dataset;
  if (wanted.verdict && wanted.verdict !== verdict) return false;
  if (wanted.platform && wanted.platform !== platform) return false;
  if (wanted.project && wanted.project !== project.dataset.project) return false;
  const text = [project.dataset.project, file.querySelector('summary').textContent, (file.querySelector('dl') ?? file).textContent];
  const words = wanted.text.toLowerCase().split(/\\s+/);
  return words.every((word) => text.join(' ').toLowerCase().includes(word));
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  wanted.text = wanted.text.trim();
  const isAny = Object.values(wanted).some((value) => value !== '');
  let count = 0;
  for (const project of projects) {
    let shown = 0;
    for (const file of project.querySelectorAll('.file')) {
      file.hidden = !fits(file, project, wanted);
      if (!file.hidden) shown += 1;
    }
    const isEmpty = project.querySelector('.file') === null;
    project.hidden = isAny && (shown === 0 || isEmpty);
    project.open = isAny ? shown > 0 : opened.get(project);
    count += shown;
  }
  const noun = all === 1 ? ' file' : ' files';
  form.querySelector('output').textContent = isAny ? count + ' of ' + all + noun : all + noun;
}

form.hidden = false;
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(filter));
filter();

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  if (target.closest('[hidden]') !== null) form.reset();
  for (let each = target; each !== null; each = each.parentElement) if (each.tagName === 'DETAILS') each.open = true;
  setTimeout(() => target.scrollIntoView());
}
addEventListener('hashchange', reveal);
if (location.hash !== '') reveal();
${copyScript}`;
