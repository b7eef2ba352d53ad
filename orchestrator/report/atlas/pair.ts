import { type Page, renderDocument } from '../html/document.tsx';
import { places, rootFrom } from './places.ts';

/** A file of an atlas, made when it is asked for. */
export interface AtlasText {
  readonly path: string;
  text(): string | Promise<string>;
  /** What stands for all that it is made of: who has it made of the same, by the same program, need not make it. */
  readonly of?: string;
}

/** What a page says, and which kind of page it is. */
interface View {
  readonly page: string;
}

interface Made<V extends View> {
  /** Asked for once, when one of the two files is. */
  readonly view: () => V | Promise<V>;
  readonly page: (view: V) => Page;
  /** What of the view its JSON has; absent: all. */
  readonly json?: (view: V) => object;
}

/** A page, and beside it what it says as JSON. @param place without an ending. @param of see `AtlasText`. */
export function pair<V extends View>(
  place: string,
  of: string,
  { view, page, json = (all) => all }: Made<V>,
): readonly AtlasText[] {
  let made: V | Promise<V> | undefined;
  const get = () => {
    made ??= view();
    return made;
  };
  const schema = `${rootFrom(place)}${places.schema}`;
  return [
    {
      ...{ path: `${place}.json`, of },
      text: async () => `${JSON.stringify({ $schema: schema, schema: 1, ...json(await get()) })}\n`,
    },
    {
      ...{ path: `${place}.html`, of },
      text: async () => {
        const html = renderDocument(await get(), page);
        // All pages of an atlas are more than what one holds at once.
        made = undefined;
        return html;
      },
    },
  ];
}
