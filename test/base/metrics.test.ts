import { expect, test } from 'vitest'
import { countersOf, labelled, type Metric, metricsText } from '../../src/base/metrics.js'

const links: Metric = { name: 'x_links', type: 'gauge', help: 'Links.', value: 3 }
const frames = countersOf(
  { name: 'x_frames_total', help: 'Frames.' },
  'type',
  new Map([
    ['ping', 2],
    ['pong', 1]
  ])
)

test('figures of one name stand together under one heading, whatever lies between them', () => {
  const rooms = ['a', 'b'].flatMap(topic => labelled([links, ...frames], { topic }))
  expect(metricsText(rooms)).toBe(`# HELP x_links Links.
# TYPE x_links gauge
x_links{topic="a"} 3
x_links{topic="b"} 3
# HELP x_frames_total Frames.
# TYPE x_frames_total counter
x_frames_total{topic="a",type="ping"} 2
x_frames_total{topic="a",type="pong"} 1
x_frames_total{topic="b",type="ping"} 2
x_frames_total{topic="b",type="pong"} 1
`)
})

test('a label cannot end its line or its quotes', () => {
  const text = metricsText(labelled([links], { name: 'a"} 9\nx_links{b="\\' }))
  expect(text.split('\n')[2]).toBe(String.raw`x_links{name="a\"} 9\nx_links{b=\"\\"} 3`)
})

test('no figures, no text', () => {
  expect(metricsText([])).toBe('')
})
