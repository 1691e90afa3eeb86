import type { Marker } from '../../room/view/markers.js'
import { clockTime } from '../notice.js'

/** A marker between lines, as a row that reads well aloud. */
export function markerRow(marker: Marker): string {
  if (marker.type === 'day') return `--- ${dayName(marker.time)} ---`
  return `--- new since you left, ${dayName(marker.since)} ${clockTime(marker.since)} ---`
}

/** A day in the local time zone: `Friday, 27 November 2026`. */
function dayName(time: number): string {
  const date = new Date(time)
  const parts = new Intl.DateTimeFormat('en', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric'
  }).formatToParts(date)
  const part = (type: string) => parts.find(each => each.type === type)?.value ?? ''
  return `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')}`
}
