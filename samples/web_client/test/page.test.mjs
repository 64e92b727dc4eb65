// The page alone, on Node, with a browser that refuses storage: npm run build && npm test.
import assert from 'node:assert/strict';
import {resolve} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const element = () => ({children: [], dataset: {}, addEventListener() {}, append(...children) { this.children.push(...children); },
  replaceChildren(...children) { this.children = children; }});

test('loops are shown where the browser refuses storage', async () => {
  const elements = new Map();
  const find = selector => elements.get(selector) ?? elements.set(selector, element()).get(selector);
  globalThis.document = {querySelector: find, createElement: element, body: element()};
  Object.defineProperty(globalThis, 'localStorage', {get() { throw new Error('storage is blocked'); }});
  globalThis.fetch = async url => Response.json(url === 'config.json' ? {telemetry: 'http://collector'}
    : {loops: [{id: 'a', name: 'Drums'}]});
  await import(pathToFileURL(resolve(process.env.OUT ?? 'dist', 'page.js')));
  assert.equal(find('#loops').children.length, 1);
  assert.equal(find('#consent').checked, false);
  assert.equal(document.body.dataset.state, 'ready');
});
