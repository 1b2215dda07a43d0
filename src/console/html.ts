import htm from 'htm'
import { type ComponentChildren, h, type VNode } from 'preact'

type Template = (strings: TemplateStringsArray, ...values: unknown[]) => VNode

/** Elements and components as a template: `html\`<p>${text}</p>\``. Whatever is put in is text, never markup. */
export const html = (htm as unknown as { bind(create: typeof h): Template }).bind(h)
export type Children = ComponentChildren
