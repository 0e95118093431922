import assert from 'node:assert/strict';

import { mermaidEscaped, mermaidText } from '../../../src/webviews/topology/exportMermaid.ts';
import { svgText, xmlEscaped } from '../../../src/webviews/topology/exportSvg.ts';
import { layOut } from '../../../src/webviews/topology/layout.ts';
import { stepFrom } from '../../../src/webviews/topology/navigate.ts';
import { filtered, shapeOf } from '../../../src/webviews/topology/shape.ts';
import { sizes } from '../../../src/webviews/topology/sizes.ts';
import { cut } from '../../../src/webviews/topology/words.ts';
import { large, messagesOf, serversOf, shop, topologyOf } from './world.ts';

const hostile = `a"]-->|x| b{{<script>alert('1')</script>}}\`#quot; & \u0007\n%%end`;

describe('the drawing of a topology', () => {
  for (const [name, servers] of Object.entries({
    few: serversOf(['a', 'b'], [['a', 'b', 's']]),
    thirty: shop(),
    many: large(),
  })) {
    it(`lays out ${name} streams: no box over another, every line from box to box`, () => {
      const shape = shapeOf(topologyOf(servers));
      const layout = layOut(shape);
      const boxes = [...layout.nodes.values()];
      const overlapping = boxes.filter((one, index) =>
        boxes
          .slice(index + 1)
          .some(({ x, y }) => Math.abs(x - one.x) < sizes.node.width && Math.abs(y - one.y) < sizes.node.height),
      );
      assert.deepEqual(overlapping, []);
      for (const { x, y } of boxes) {
        assert.ok(x >= sizes.node.width / 2 && x + sizes.node.width / 2 <= layout.width, 'inside');
        assert.ok(y >= sizes.node.height / 2 && y + sizes.node.height / 2 <= layout.height, 'inside');
      }
      for (const { id } of shape.edges) assert.match(layout.edges.get(id)?.path ?? '', /^M[\d.-]+ [\d.-]+[QCL]/);
      assert.deepEqual([...layout.order].toSorted(), shape.nodes.map(({ id }) => id).toSorted());
      assert.deepEqual(layOut(shape), layout, 'the same every time');
    });
  }

  it('keeps its shape while figures and states change, and not when a stream comes', () => {
    const servers = serversOf(['a', 'b'], [['a', 'b', 's']]);
    const before = shapeOf(topologyOf(servers));
    const later = servers.map((one) => ({
      ...one,
      snapshot: { ...one.snapshot, pulse: { ...one.snapshot.pulse, workers: [], currentLsn: '1/0' } },
    }));
    assert.equal(shapeOf(topologyOf(later)).key, before.key);
    assert.notEqual(
      shapeOf(
        topologyOf(
          serversOf(
            ['a', 'b'],
            [
              ['a', 'b', 's'],
              ['a', 'b', 't'],
            ],
          ),
        ),
      ).key,
      before.key,
    );
  });

  it('draws many streams between the same two boxes as one line', () => {
    const pipes = Array.from({ length: 5 }, (_, index) => ['a', 'b', `s${index}`] as const);
    const [edge, more] = shapeOf(topologyOf(serversOf(['a', 'b'], pipes))).edges;
    assert.equal(edge?.edges.length, 5);
    assert.equal(more, undefined);
    assert.equal(shapeOf(topologyOf(serversOf(['a', 'b'], pipes.slice(0, 3)))).edges.length, 3);
  });

  it('filters by words of names, addresses, tables and states, with the ends of what fits', () => {
    const topology = topologyOf(shop());
    const { live } = messagesOf(topology);
    const names = (filter: string) => filtered(topology, filter, live.streams).nodes.map(({ name }) => name);
    assert.deepEqual(names('archive_sub'), ['reports', 'archive']);
    assert.deepEqual(names('EAST west'), ['east', 'west']);
    assert.deepEqual(names('t_billing'), ['warehouse', 'billing']);
    assert.deepEqual(names('nothing like it'), []);
    assert.equal(names('').length, topology.nodes.length);
    const stopped = filtered(topology, 'stopped', live.streams);
    assert.ok(stopped.edges.length > 0 && stopped.edges.every(({ id }) => live.streams[id]?.state === 'stopped'));
    assert.ok(stopped.remarks.length <= topology.remarks.length);
  });

  it('moves by arrow keys along the streams and among the boxes', () => {
    const shape = shapeOf(
      topologyOf(
        serversOf(
          ['a', 'b', 'c'],
          [
            ['a', 'b', 'one'],
            ['b', 'c', 'two'],
            ['a', 'b', 'three'],
          ],
        ),
      ),
    );
    const layout = layOut(shape);
    const go = (from: string, ...keys: readonly string[]) =>
      keys.reduce((at, key) => stepFrom(at, key, shape, layout) ?? at, from);
    assert.match(go('server:a', 'ArrowRight'), /slot:a:(one|three)/);
    assert.equal(go('server:a', 'ArrowRight', 'ArrowRight'), 'server:b');
    assert.equal(go('server:a', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight'), 'server:c');
    assert.equal(go('server:c', 'ArrowLeft', 'ArrowLeft'), 'server:b');
    assert.equal(go('server:a', 'ArrowDown', 'ArrowDown'), 'server:c');
    assert.equal(go('server:c', 'Home'), 'server:a');
    assert.equal(go('server:a', 'End'), 'server:c');
    const first = go('server:a', 'ArrowRight');
    assert.notEqual(go(first, 'ArrowDown'), first);
    assert.equal(go(first, 'ArrowDown', 'ArrowUp'), first);
    assert.equal(stepFrom('server:c', 'ArrowRight', shape, layout), undefined);
  });

  it('cuts names to the room there is, wide letters counting twice', () => {
    assert.equal(cut('orders', 6), 'orders');
    assert.equal(cut('orders_and_more', 6), 'orders…');
    assert.equal(cut('注文テーブル', 6), '注文テ…');
  });
});

describe('exports of a topology', () => {
  const topology = topologyOf(serversOf([hostile, 'b'], [[hostile, 'b', hostile]]));
  const { live } = messagesOf(topology);
  const shape = shapeOf(topology);

  it('is an SVG of its own in which hostile names are text', () => {
    const text = svgText(shape, layOut(shape), live.streams, hostile);
    assert.doesNotMatch(text, /<script|href|url\((?!#arrow)|@import|var\(--/);
    assert.ok(!text.includes('\u0007'));
    assert.equal(text.match(/<svg /g)?.length, 1);
    assert.equal(text.split('<g ').length, text.split('</g>').length);
    assert.match(
      text,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+"/,
    );
    assert.equal(xmlEscaped(`<&>"'\ud800\u0000x`), '&lt;&amp;&gt;&quot;&#39;\ufffd\ufffdx');
  });

  it('is a Mermaid flowchart in which hostile names are text', () => {
    const text = mermaidText(shape, live.streams);
    const lines = text.trimEnd().split('\n');
    assert.equal(lines[0], 'flowchart LR');
    assert.equal(lines.length, 4);
    for (const line of lines.slice(1)) {
      // Inside the quotes nothing is left that could end them, or begin markup.
      const [, quoted = ''] = /"(.*)"/.exec(line) ?? [];
      assert.doesNotMatch(quoted.replaceAll('<br/>', ''), /["<>`{}[\]|]/);
    }
    assert.match(lines[3] ?? '', /^ {2}n0 -->\|".*Streaming.*"\| n1$/);
    assert.equal(mermaidEscaped('a"b#c;d'), 'a#34;b#35;c#59;d');
    assert.equal(mermaidEscaped('Größe 7 注'), 'Größe 7 注');
  });

  it('marks what isn’t among the connections, and physical streams', () => {
    const whole = topologyOf(shop());
    const text = mermaidText(shapeOf(whole), messagesOf(whole).live.streams);
    assert.match(text, /-\.->\|"walreceiver<br\/>streaming"\|/);
    assert.match(text, /\(\["Debezium<br\/>10\.0\.0\.9/);
    assert.match(text, /class n[\d,n]+ stranger/);
    assert.match(text, /6 streams<br\/>Stopped: 1/);
  });
});
