/** Throws where nobody of ours is on the stack: a fault of the program, or of its owner, ends it as any other does. */
export function surface(fault: unknown): void {
  queueMicrotask(() => {
    throw fault
  })
}
