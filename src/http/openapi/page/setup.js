// The reference: the document of this very server, with nothing fetched from elsewhere.

// Swagger UI has a dark theme of its own, behind a class
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const showTheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', showTheme)
showTheme()

// Headers that only count together are given in one form
const TOGETHER = [
  ['apiKey', 'apiSecret'],
  ['endUserToken', 'endUserAccount'],
]
const firstOf = (name) => TOGETHER.find((names) => names.includes(name))?.[0] ?? name
const inOneForm =
  (original) =>
  (state, ...rest) => {
    const forms = original(state, ...rest)?.groupBy((scheme) => firstOf(scheme.keySeq().first()))
    return forms?.toList().map((schemes) => schemes.reduce((form, scheme) => form.merge(scheme)))
  }

const reference = window.SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'example',
  displayRequestDuration: true,
  showMutatedRequest: false,
  // a service elsewhere that would be sent the document
  validatorUrl: null,
  // credentials are kept in the page's memory alone
  persistAuthorization: false,
  plugins: [{ statePlugins: { auth: { wrapSelectors: { definitionsToAuthorize: inOneForm } } } }],
})

// Swagger UI reads the address when it begins, and not again
window.addEventListener('hashchange', () => {
  reference.layoutActions.parseDeepLinkHash(decodeURIComponent(window.location.hash))
})
