type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** Lists are repeated keys (`?tags=a&tags=b`); what is null or undefined is left out. */
export function toSearchParams(query: Record<string, QueryValue>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value]) params.append(key, String(item));
  }
  return params;
}
