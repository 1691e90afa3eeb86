/** The middle value; of an even number the lower middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** `median (min - max)`, in whole units. */
export function summary(values: readonly number[]): string {
  const round = (value: number) => value.toFixed(0)
  return `${round(median(values))} (${round(Math.min(...values))} - ${round(Math.max(...values))})`
}

/** `median, 95 % (min - max)`, in whole units. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const most = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN
  return summary(values).replace(' ', `, ${most.toFixed(0)} `)
}

/** Rows as an aligned Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
