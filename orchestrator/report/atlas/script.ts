import { copyScript } from '../html/copy.ts';
import { searchScript } from './page/search.tsx';

/** All JavaScript of an atlas: a file beside its pages. Each of the two parts does nothing where a page has nothing for it. */
export const atlasScript = `'use strict';
(() => {${searchScript}})();
(() => {${copyScript}})();
`;
