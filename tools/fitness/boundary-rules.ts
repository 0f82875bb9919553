import type { IFlattenedRuleSet } from 'dependency-cruiser'

type Rule = NonNullable<IFlattenedRuleSet['forbidden']>[number]

/** Tests may look anywhere; test helpers lie in `testing/` and are named `*-test-county.ts`. */
const TESTS = '(\\.test\\.tsx?$|/testing/|-test-county\\.ts$|\\.bench\\.ts$)'

/** Rooms of the platform that run in a browser too: shapes, wording and rules without I/O. */
const SHARED_ROOMS =
  '^platform/(contract/|i18n/|clock/|codes/|[a-z]+/contract\\.ts$|calendar/(work-calendar|format-deadline|deadline-clock)\\.ts$|process/definition\\.ts$)'

/** What a page is made of. */
const BROWSER = '^(ui/|apps/(console|mobile)/|modules/[^/]+/[^/]+/(console|mobile)/)'

const rule = (name: string, comment: string, from: Rule['from'], to: object): Rule =>
  ({ name, comment, severity: 'error', from: { pathNot: TESTS, ...from }, to }) as unknown as Rule

/** Who may import whom (docs/architecture.md, “Rooms”). */
export const BOUNDARIES: readonly Rule[] = [
  rule(
    'platform-stands-alone',
    'platform/ is the ground: it knows no module, no screen part and no app',
    { path: '^platform/' },
    { path: '^(modules|apps|ui)/' },
  ),
  rule(
    'ui-knows-no-domain',
    'ui/ parts serve every domain and import no module and no app',
    { path: '^ui/' },
    { path: '^(modules|apps)/' },
  ),
  rule(
    'ui-pure-rooms-only',
    'ui/ takes from platform/ only what runs in a browser: contracts, wording, calendar arithmetic',
    { path: '^ui/' },
    { path: '^platform/', pathNot: SHARED_ROOMS },
  ),
  rule(
    'ui-parts-take-data',
    'parts in ui/ take data and never fetch; only ui/api speaks HTTP, and only the command drawer calls it for them',
    { path: '^ui/', pathNot: `(^ui/api/|^ui/schema-form/CommandDrawer\\.tsx$|${TESTS})` },
    { path: '^ui/api/(client|request|use-api)\\.tsx?$' },
  ),
  rule(
    'modules-by-their-door',
    'a module uses another only through its public.ts or contract.ts',
    { path: '^modules/([^/]+/[^/]+)/' },
    { path: '^modules/', pathNot: '^modules/($1/|[^/]+/[^/]+/(public|contract)\\.ts$)' },
  ),
  rule(
    'foundation-is-lowest',
    'the foundation layer uses nothing above it; upwards goes an event',
    { path: '^modules/foundation/' },
    { path: '^modules/(management|services)/' },
  ),
  rule(
    'management-below-services',
    'the management layer uses nothing of the services layer; upwards goes an event',
    { path: '^modules/management/' },
    { path: '^modules/services/' },
  ),
  rule(
    'modules-know-no-app',
    'modules are found by apps and never know them',
    { path: '^modules/' },
    { path: '^apps/' },
  ),
  rule(
    'apps-hold-no-domain',
    'apps/ put modules together; they reach into none, but find them by their folders',
    { path: '^apps/' },
    {
      path: '^modules/',
      // Map outlines are a file served as it is; `yiti evaluate` loads the recognition it measures.
      pathNot:
        '^modules/[^/]+/[^/]+/((public|contract|module)\\.ts|(console|mobile)/|.+\\.geojson$|recognition/evaluate-(messages|duplicates)\\.ts$)',
    },
  ),
  rule(
    'pages-reach-no-server',
    'what runs in a browser never imports a store, the database or the HTTP server',
    { path: BROWSER },
    {
      path: '^(platform/(db|http|auth/session|crypto|files/file|jobs)|apps/server/|modules/[^/]+/[^/]+/server/)',
      pathNot: SHARED_ROOMS,
    },
  ),
  rule(
    'no-circles',
    'files of modules, parts and apps do not need each other',
    { path: '^(modules|ui|apps)/' },
    {
      circular: true,
    },
  ),
]
