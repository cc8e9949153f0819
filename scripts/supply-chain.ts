import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

/** Licenses that let others run and change this app without publishing their changes. */
const LICENSES = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  // Applies per file, and no such file is changed here.
  'MPL-2.0',
  'PSF-2.0',
]);

const EXACT = /^(?:\d+\.\d+\.\d+(?:-[\w.]+)?|\$[\w@/-]+)$/;

type Versions = { [name: string]: string | Versions };
const versionsSchema: z.ZodType<Versions> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), versionsSchema])),
);

export const manifestSchema = z.object({
  dependencies: versionsSchema.optional(),
  devDependencies: versionsSchema.optional(),
  optionalDependencies: versionsSchema.optional(),
  overrides: versionsSchema.optional(),
});

/** See "package-lock.json" in the documentation of npm. */
export const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

/** Problems of the supply chain, a line each. */
export function supplyChainProblems(
  manifest: z.infer<typeof manifestSchema>,
  { packages }: z.infer<typeof lockSchema>,
): string[] {
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  return [
    ...Object.entries(manifest).flatMap(([part, versions]) => unpinned(part, versions ?? {})),
    ...installed.flatMap(([path, { license, integrity }]) => [
      ...(integrity === undefined ? [`${path}: the lockfile has no checksum. Run npm install.`] : []),
      ...(isAllowed(license) ? [] : [`${path}: ${license ?? 'no license'} is not an allowed license.`]),
    ]),
  ];
}

/** A tag can move to another image; a digest can't. https://docs.docker.com/build/building/best-practices/#pin-base-image-versions */
export function imageProblems(dockerfile: string): string[] {
  const bases = [...dockerfile.matchAll(/^FROM\s+(\S+)/gim)].map(([, image = '']) => image);
  return bases
    .filter((image) => !/^[^@\s]+:[^@\s]+@sha256:[0-9a-f]{64}$/.test(image))
    .map((image) => `Dockerfile: pin ${image} by tag and digest, for example node:24.21.0-slim@sha256:….`);
}

function unpinned(part: string, versions: Versions): string[] {
  return Object.entries(versions).flatMap(([name, version]) => {
    if (typeof version !== 'string') return unpinned(part, version);
    return EXACT.test(version) ? [] : [`package.json, ${part}: pin ${name} to one version, not ${version}.`];
  });
}

/** Of `(A OR B)`, one is enough. https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions */
function isAllowed(license: string | undefined): boolean {
  const choices = (license ?? '').replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => LICENSES.has(choice));
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
}

/** `npm run supply-chain`: licenses, exact versions and checksums of everything that is installed. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lock = lockSchema.parse(readJson('package-lock.json'));
  const problems = [
    ...supplyChainProblems(manifestSchema.parse(readJson('package.json')), lock),
    ...imageProblems(readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${Object.keys(lock.packages).length - 1} packages: all fine.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
