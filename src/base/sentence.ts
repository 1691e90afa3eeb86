/** The text as a sentence: with a capital letter, and a full stop unless it ends in another one. */
export function asSentence(text: string): string {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** The same of somebody who ends: what says that we go on trying is left out. */
export function givenUp(text: string): string {
  return text.replace(/; still trying(?=\.?$)/, '')
}
