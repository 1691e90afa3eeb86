// oclif asks the system, as it is loaded, who this user is and where their home directory is, and fails for a user id that
// has no entry there, as in a container. We need to know neither: it gets an answer from the environment. Imported first.

const PRETENDED = { HOME: '/', SHELL: '' } as const

const missing = Object.entries(PRETENDED).filter(([name]) => process.env[name] === undefined)
for (const [name, value] of missing) process.env[name] = value

/** Takes out of the environment what was only there for oclif: a command sees it as it was given. */
export function endPretence(): void {
  for (const [name] of missing) delete process.env[name]
}
