// Preloaded: this process says that it is an older Node.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env.PRETENDED_NODE }
})
