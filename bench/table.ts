export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

export function mb(value: number): string {
  return `${value.toFixed(0)} MB`;
}

/** A name, numbers in columns of their own, and the aim. */
export function printRow([name = '', ...columns]: string[]): void {
  const aim = columns.pop() ?? '';
  console.log(`${name.padEnd(40)}${columns.map((one) => one.padStart(14)).join('')}   ${aim}`);
}
