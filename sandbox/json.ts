/** What a text holds; `otherwise` where it is not JSON. */
export function parseJson(text: string, otherwise: unknown = null): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
