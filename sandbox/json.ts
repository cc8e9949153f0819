/** The value of a JSON text; `otherwise` if it isn't JSON. */
export function parseJson(text: string, otherwise: unknown = null): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
