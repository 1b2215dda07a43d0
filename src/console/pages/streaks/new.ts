import type { Streak } from '../../../client/schema.ts'
import { create } from '../../api/records.ts'
import { html } from '../../html.ts'
import { Title } from '../../parts/title.ts'
import { Link, navigate } from '../../router.ts'
import { mayChange, useSession } from '../../session.ts'
import { StreakForm } from './streak-form.ts'

/** A streak with every setting; it is not live until somebody says so. */
export function NewStreakPage() {
  const { user } = useSession()
  const make = async (fields: object) => {
    const { id } = await create<Streak>('streak', fields)
    navigate(`/streaks/${id}`)
  }
  return html`<p><${Link} to="/streaks">All streaks</${Link}></p><${Title}>New streak</${Title}>
    ${
      mayChange(user)
        ? html`<${StreakForm} streak=${null} isFixed=${false} make=${make} />`
        : html`<p>You may read here. Ask somebody with the role “staff” or “owner” to make a streak.</p>`
    }`
}
