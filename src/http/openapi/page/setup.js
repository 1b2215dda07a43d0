// The reference: the document of this very server, with nothing fetched from elsewhere.
window.SwaggerUIBundle({
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
})
