/** A text that begins with it tells what its author does. */
const ACTION = /^\/me\s+(?=\S)/u

/** What its author does, of a text that tells it (`/me waves`); undefined for any other text. */
export function actionIn(text: string): string | undefined {
  return ACTION.test(text) ? text.replace(ACTION, '') : undefined
}
