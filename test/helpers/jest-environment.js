import vm from 'node:vm'
import { TestEnvironment } from 'jest-environment-node'

/**
 * Node's environment of Jest in a context whose global object is an ordinary one. Jest makes a context around a
 * sandbox object: there each look at `Math` or `Map` passes through an interceptor, at a hundred times the price, which
 * was more than half of what the whole suite took.
 * https://nodejs.org/api/vm.html#vmconstantsdont_contextify
 */
// biome-ignore lint/style/noDefaultExport: what Jest asks for
export default class PlainContextEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY)
    try {
      super(config, context)
    } finally {
      vm.createContext = createContext
    }
  }
}
