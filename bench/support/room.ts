/** The room that histories are of. */
export const BENCH_ROOM = 'bench'
