/** Hours and minutes of the local time zone: `17:05`. */
export function clockTime(millis: number): string {
  const date = new Date(millis)
  return [date.getHours(), date.getMinutes()].map(n => String(n).padStart(2, '0')).join(':')
}

/** A line about the room, not from anybody in it. */
export function notice(now: number, text: string): string {
  return `${clockTime(now)} * ${text}`
}
