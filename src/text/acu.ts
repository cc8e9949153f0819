/** ACU as people read them: with one decimal at most, and separators. */
export function acuWords(acu: number): string {
  return (Math.round(acu * 10) / 10).toLocaleString('en-US');
}
