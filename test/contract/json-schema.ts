import { z } from 'zod';

/** The part of JSON Schema that OpenAPI documents and zod's output have in common here. */
const nodeSchema = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  get anyOf(): z.ZodOptional<z.ZodArray<typeof nodeSchema>> {
    return z.array(nodeSchema).optional();
  },
  get items(): z.ZodOptional<typeof nodeSchema> {
    return nodeSchema.optional();
  },
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof nodeSchema>> {
    return z.record(z.string(), nodeSchema).optional();
  },
  required: z.array(z.string()).optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  default: z.unknown().optional(),
});
type Node = z.output<typeof nodeSchema>;

export type Definitions = Record<string, unknown>;

/** One form of a value. */
type Alternative = {
  type: string;
  enum?: string[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  items?: Alternative[];
  members?: Members;
};

type Member = { required: boolean; default: unknown; alternatives: Alternative[] };
export type Members = Record<string, Member>;

/** An object's members in a form that two ways to write the same schema share. Titles and descriptions are left out. */
export function membersOf(schema: unknown, definitions: Definitions): Members {
  const { properties = {}, required = [] } = nodeSchema.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).map(([name, node]) => [
      name,
      {
        required: required.includes(name),
        default: node.default ?? null,
        alternatives: alternativesOf(node, definitions),
      },
    ]),
  );
}

function alternativesOf(node: Node, definitions: Definitions): Alternative[] {
  if (node.$ref !== undefined) {
    const target = definitions[node.$ref.split('/').at(-1) ?? ''];
    return alternativesOf(nodeSchema.parse(target), definitions);
  }
  const alternatives =
    node.anyOf?.flatMap((inner) => alternativesOf(inner, definitions)) ??
    [node.type ?? 'unknown'].flat().map((type) => alternativeOf(type, node, definitions));
  return withoutOpening(alternatives).sort((a, b) => a.type.localeCompare(b.type));
}

function alternativeOf(type: string, node: Node, definitions: Definitions): Alternative {
  if (type === 'string') {
    const { format, minLength, maxLength } = node;
    return {
      type,
      ...(node.enum && { enum: node.enum.toSorted() }),
      ...(format !== undefined && { format }),
      ...(minLength !== undefined && { minLength }),
      ...(maxLength !== undefined && { maxLength }),
    };
  }
  if (type === 'array' && node.items) return { type, items: alternativesOf(node.items, definitions) };
  if (type === 'object' && node.properties) return { type, members: membersOf(node, definitions) };
  return { type };
}

/** Enums in answers are open on our side: any other string is not a difference. */
function withoutOpening(alternatives: Alternative[]): Alternative[] {
  const isOpen = alternatives.some((alternative) => alternative.enum !== undefined);
  return isOpen
    ? alternatives.filter((one) => one.type !== 'string' || one.enum !== undefined)
    : alternatives;
}

/** The same members with more words in the enums of some. */
export function withWords(members: Members, words: Record<string, readonly string[]>): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      { ...member, alternatives: member.alternatives.map((one) => extended(one, words[name] ?? [])) },
    ]),
  );
}

function extended(alternative: Alternative, words: readonly string[]): Alternative {
  if (alternative.enum === undefined) return alternative;
  return { ...alternative, enum: [...alternative.enum, ...words].sort() };
}

/** The same members, some of which take any text. */
export function withoutWords(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      const alternatives = member.alternatives.map(({ enum: words, ...one }) =>
        names.includes(name) ? one : { ...one, ...(words && { enum: words }) },
      );
      return [name, { ...member, alternatives }];
    }),
  );
}

export function wordsOf(members: Members, name: string): string[] {
  return members[name]?.alternatives.flatMap((alternative) => alternative.enum ?? []) ?? [];
}

type Kind = { type: string; words?: string[]; of?: Kind[]; members?: string[] };

/** Whether it is required, and its types; without null and limits, which can be narrower on one side. */
export function kindsOf(members: Members, name: string): { required: boolean; kinds: Kind[] } | null {
  const member = members[name];
  return member === undefined
    ? null
    : { required: member.required, kinds: member.alternatives.flatMap(kindOf) };
}

function kindOf({ type, enum: words, items, members }: Alternative): Kind[] {
  if (type === 'null') return [];
  return [
    {
      type,
      ...(words && { words }),
      ...(items && { of: items.flatMap(kindOf) }),
      ...(members && { members: Object.keys(members).sort() }),
    },
  ];
}
