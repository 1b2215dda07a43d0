import { Component } from 'preact'
import { type Children, html } from '../html.ts'
import { Title } from './title.ts'

/** A page that cannot be shown says so, and leaves the way to all others. */
export class Unbroken extends Component<{ readonly children: Children }, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  override componentDidCatch(): void {
    this.setState({ isBroken: true })
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return html`<${Title}>This page cannot be shown</${Title}>
      <p role="alert">Something in it is not as it should be. Nothing was changed by that.</p>
      <p><button type="button" onClick=${() => location.reload()}>Load again</button></p>`
  }
}
