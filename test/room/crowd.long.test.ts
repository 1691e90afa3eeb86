import { test } from 'vitest'
import { chatInCrowd } from '../support/crowd.js'
import { useRooms } from '../support/rooms.js'

const { enter } = useRooms()

test.each([20, 50])('%i members get every message exactly once, over at most 10 links each', size =>
  chatInCrowd(enter, size)
)
