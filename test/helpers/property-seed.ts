const { PROPERTY_SEED: seed } = process.env

// Properties that say nothing of a seed draw by this one where it is given, another one each time where it is not.
if (seed !== undefined) {
  const { configureGlobal } = await import('fast-check')
  configureGlobal({ seed: Number(seed) })
}
