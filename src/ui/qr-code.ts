const BLACK_ON_WHITE = '\u001b[30;107m'
const RESET = '\u001b[0m'
/** White around it, in modules: what its standard asks for. */
const BORDER = 4

/**
 * A QR code of a link, in half blocks, dark on light whatever the terminal's colours are; undefined if it is wider than so many
 * columns. The link in upper case must mean the same: a QR code has a smaller alphabet for that.
 */
export async function qrCode(link: string, columns: number): Promise<string | undefined> {
  const { renderUnicodeCompact } = await import('uqr')
  // What uqr draws as blocks is light; here the terminal's light colour is behind them.
  const rows = renderUnicodeCompact(link.toUpperCase(), { border: BORDER, invert: true }).split(
    '\n'
  )
  if (rows.some(row => row.length > columns)) return undefined
  return rows.map(row => `${BLACK_ON_WHITE}${row}${RESET}`).join('\n')
}
