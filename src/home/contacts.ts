import { join } from 'node:path'
import { SwarmchatError } from '../base/errors.js'
import { type IdentityKey, parseId } from '../base/ids.js'
import { readIfThere, replaceFile } from './files.js'
import { followFile } from './follow-file.js'
import { orNoHome } from './key-file.js'

/** Identities that something is kept about; further ones are refused. Guess: nobody knows so many. */
const MAX_CONTACTS = 10_000

/** BAD_CONTACTS: the file of contacts is damaged. Read as an empty one it would show those again who are ignored, and be lost. */
const badContacts = (file: string) =>
  new SwarmchatError('BAD_CONTACTS', `The contacts cannot be read: ${file} is damaged.`, {
    hint: 'Correct the file, or move it away: then nobody has a name of yours, and nobody is ignored.'
  })

/** What is kept about somebody. */
export interface Contact {
  readonly identity: IdentityKey
  /** What we call them, whatever they call themselves. */
  readonly name?: string | undefined
  /** True: nothing of theirs is shown. */
  readonly ignored?: true | undefined
  /** True: we have compared safety numbers, and it is whom we call by that name. */
  readonly verified?: true | undefined
  /** True: what they write to us alone is shown at once. */
  readonly accepted?: true | undefined
}

/** Where contacts are kept. */
export interface ContactStore {
  read(): readonly Contact[]
  write(contacts: readonly Contact[]): void
  /** Calls the listener when others may have changed them; gives what ends that. */
  follow(onchange: () => void): () => void
}

/** Whom we know by a name of ours, and whom we ignore: by identity, in every room. */
export class Contacts {
  readonly #store: ContactStore
  // BOUNDED: MAX_CONTACTS.
  #contacts: Map<IdentityKey, Contact>
  // BOUNDED: by the owner, who shows rooms.
  readonly #listeners = new Set<() => void>()
  #unfollow: (() => void) | undefined

  constructor(store: ContactStore = inMemory()) {
    this.#store = store
    this.#contacts = byIdentity(store.read())
  }

  /** Those kept in this home: `contacts.json`, mode 0600. Throws BAD_CONTACTS if it is damaged, NO_HOME. */
  static in(home: string): Contacts {
    const file = join(home, 'contacts.json')
    return new Contacts({
      read: () => readContacts(file),
      write: contacts => orNoHome(file, () => replaceFile(file, textOf(contacts))),
      follow: onchange => followFile(file, onchange)
    })
  }

  isIgnored(identity: IdentityKey): boolean {
    return this.#contacts.get(identity)?.ignored === true
  }

  /** What we call them; undefined if we gave them no name. */
  nameOf(identity: IdentityKey): string | undefined {
    return this.#contacts.get(identity)?.name
  }

  /** True if safety numbers were compared. */
  isVerified(identity: IdentityKey): boolean {
    return this.#contacts.get(identity)?.verified === true
  }

  /** True if what they write to us alone is shown at once. */
  isAccepted(identity: IdentityKey): boolean {
    const contact = this.#contacts.get(identity)
    return contact?.accepted === true || contact?.verified === true
  }

  /** Whom we call so; undefined if nobody. */
  named(name: string): IdentityKey | undefined {
    return this.all().find(each => each.name === name)?.identity
  }

  /**
   * From now on, what other programs change counts here as well, within about a second. `onchange` hears of every change,
   * ours too. A file that is damaged meanwhile changes nothing. Gives what ends that.
   */
  follow(onchange: () => void = () => {}): () => void {
    if (this.#unfollow === undefined) {
      this.#unfollow = this.#store.follow(() => this.#reread())
      this.#reread()
    }
    const listener = () => onchange()
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#unfollow?.()
      this.#unfollow = undefined
    }
  }

  /** All of them, as they were added. */
  all(): Contact[] {
    return [...this.#contacts.values()]
  }

  /** Keeps it; undefined takes a name away, and with it that it is verified. False if there are too many already. Throws BAD_CONTACTS, NO_HOME. */
  setName(identity: IdentityKey, name: string | undefined): boolean {
    return this.#change(identity, ({ verified, ...contact }) => ({
      ...contact,
      name,
      ...(name === undefined ? {} : { verified })
    }))
  }

  /** Shows nothing of somebody from now on, or everything again; likewise. */
  setIgnored(identity: IdentityKey, ignored: boolean): boolean {
    return this.#change(identity, contact => ({ ...contact, ignored: ignored ? true : undefined }))
  }

  /** Shows what somebody writes to us alone from now on, or asks about it again; likewise. */
  setAccepted(identity: IdentityKey, accepted: boolean): boolean {
    return this.#change(identity, contact => ({
      ...contact,
      accepted: accepted ? true : undefined
    }))
  }

  /** Keeps that this is whom we call by that name; undefined: no more, though the name stays. Likewise. */
  setVerified(identity: IdentityKey, name: string | undefined): boolean {
    return this.#change(identity, contact =>
      name === undefined
        ? { ...contact, verified: undefined }
        : { ...contact, name, verified: true }
    )
  }

  /** Takes over contacts of another home. What is known of somebody here stays, and so does who has a name. Likewise. */
  merge(others: readonly Contact[]): boolean {
    const contacts = byIdentity(this.#store.read())
    const taken = new Set([...contacts.values()].map(({ name }) => name))
    for (const { name, ...rest } of others) {
      const theirs = taken.has(name) ? rest : { ...rest, name }
      contacts.set(rest.identity, { ...theirs, ...contacts.get(rest.identity) })
    }
    return this.#keep(contacts)
  }

  // Another program of ours may have changed some meanwhile.
  #change(identity: IdentityKey, change: (contact: Contact) => Contact): boolean {
    const contacts = byIdentity(this.#store.read())
    const changed = change(contacts.get(identity) ?? { identity })
    const { accepted, ignored, name } = changed
    if (name === undefined && !ignored && !accepted) contacts.delete(identity)
    else contacts.set(identity, changed)
    return this.#keep(contacts)
  }

  #keep(contacts: Map<IdentityKey, Contact>): boolean {
    if (contacts.size > MAX_CONTACTS) return false
    this.#store.write([...contacts.values()])
    this.#replace(contacts)
    return true
  }

  #reread(): void {
    try {
      this.#replace(byIdentity(this.#store.read()))
    } catch {
      // Being edited, or damaged: who is ignored stays so, and whoever writes it next is told.
    }
  }

  #replace(contacts: Map<IdentityKey, Contact>): void {
    this.#contacts = contacts
    for (const listener of this.#listeners) listener()
  }
}

function inMemory(): ContactStore {
  let kept: readonly Contact[] = []
  return {
    read: () => kept,
    write: contacts => {
      kept = contacts
    },
    follow: () => () => {}
  }
}

function byIdentity(contacts: readonly Contact[]): Map<IdentityKey, Contact> {
  return new Map(contacts.map(contact => [contact.identity, contact]))
}

function textOf(contacts: readonly Contact[]): string {
  return `${JSON.stringify({ version: 1, contacts }, undefined, 2)}\n`
}

function readContacts(file: string): Contact[] {
  const text = orNoHome(file, () => readIfThere(file)) ?? ''
  const contacts = text === '' ? [] : parse(text)
  if (contacts === undefined) throw badContacts(file)
  return contacts
}

/** Undefined if it holds something that would be lost when it is written again. */
function parse(text: string): Contact[] | undefined {
  try {
    const { contacts } = JSON.parse(text)
    if (!Array.isArray(contacts) || contacts.length > MAX_CONTACTS) return undefined
    const good = contacts.flatMap(contactOf)
    return good.length === contacts.length ? good : undefined
  } catch {
    return undefined
  }
}

/** The contact that a value of JSON is; none if it is none. */
export function contactOf(value: unknown): Contact[] {
  const { accepted, identity, ignored, name, verified } = (value ?? {}) as Record<string, unknown>
  const key = typeof identity === 'string' ? parseId<IdentityKey>(identity) : undefined
  if (key === undefined) return []
  const named = typeof name === 'string' && name !== '' ? { name } : {}
  return [
    {
      identity: key,
      ...named,
      ...(ignored === true ? { ignored } : {}),
      ...(verified === true ? { verified } : {}),
      ...(accepted === true ? { accepted } : {})
    }
  ]
}
