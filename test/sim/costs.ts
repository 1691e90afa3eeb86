import type { Input, Output } from '../../src/protocol/events.js'
import type { Frame } from '../../src/protocol/wire/frames.js'

// What the parts of a delivery cost on one core, in microseconds: measured over loopback with code that is compiled
// already. A process in its first seconds takes about twice as long, which is the same as half of the share.

/** A packet read, opened and acknowledged. Measured: what a flood costs a delivery, without its verification. */
const READ_MICROS = 40
/** A packet sealed and sent, and its acknowledgement read. Measured likewise. */
const SEND_MICROS = 30
/** A signature checked or made, the message parsed, kept and told. Measured: 51 us and about 15. */
const MESSAGE_MICROS = 65
/** An id read or written. Measured. */
const ID_MICROS = 1
/** A timer, or any other input. Guess. */
const INPUT_MICROS = 10

/** Processor time that an input has taken, with what it led to, in microseconds of a whole core. */
export function costOf(input: Input, outputs: readonly Output[]): number {
  let micros = input.type === 'frame' ? READ_MICROS + idsIn(input.frame) * ID_MICROS : INPUT_MICROS
  for (const output of outputs) micros += costOfOutput(output)
  return micros
}

/** Ids that a frame names. */
export function idsIn(frame: Frame): number {
  if ('ids' in frame) return frame.ids.length
  return 'entries' in frame ? frame.entries.length : 0
}

function costOfOutput(output: Output): number {
  if (output.type === 'store') return MESSAGE_MICROS
  return output.type === 'send' ? SEND_MICROS + idsIn(output.frame) * ID_MICROS : 0
}
