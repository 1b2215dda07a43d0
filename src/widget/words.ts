export type Period = 'daily' | 'weekly' | 'monthly'

/** Forms by plural category; `{n}` is the number. */
interface Forms {
  readonly one: string
  readonly other: string
}

export interface Words {
  /** `3 days in a row`. */
  readonly inARow: Readonly<Record<Period, Forms>>
  /** What is left to a milestone that counts periods. */
  readonly more: Readonly<Record<Period, Forms>>
  /** What is left to a milestone within a period; `{n}` is a value. */
  readonly moreNow: Readonly<Record<Period, string>>
  readonly done: string
  readonly missed: string
  readonly open: string
  /** The period that runs is done, or is not. */
  readonly safe: Readonly<Record<Period, string>>
  readonly atRisk: string
  readonly begin: string
  readonly history: string
  readonly next: string
  readonly coupons: string
  readonly copy: string
  readonly copied: string
  /** Of a coupon that an order has named. */
  readonly used: string
  readonly until: string
  readonly loading: string
  readonly failed: string
  readonly retry: string
}

const forms = (one: string, other: string): Forms => ({ one, other })

/** The languages of the widget; `{date}` is a date as people write it there. */
export const WORDS: Readonly<Record<string, Words>> = {
  en: {
    inARow: {
      daily: forms('{n} day in a row', '{n} days in a row'),
      weekly: forms('{n} week in a row', '{n} weeks in a row'),
      monthly: forms('{n} month in a row', '{n} months in a row'),
    },
    more: {
      daily: forms('{n} more day', '{n} more days'),
      weekly: forms('{n} more week', '{n} more weeks'),
      monthly: forms('{n} more month', '{n} more months'),
    },
    moreNow: { daily: '{n} more today', weekly: '{n} more this week', monthly: '{n} more this month' },
    done: 'done',
    missed: 'missed',
    open: 'open',
    safe: { daily: 'Done for today', weekly: 'Done for this week', monthly: 'Done for this month' },
    atRisk: 'Keep it going until {date}',
    begin: 'Your streak begins with your next purchase',
    history: 'Your last purchases',
    next: 'Next',
    coupons: 'Your coupons',
    copy: 'Copy',
    copied: 'Copied',
    used: 'used',
    until: 'until {date}',
    loading: 'Loading …',
    failed: 'Your streak cannot be shown at the moment',
    retry: 'Try again',
  },
  de: {
    inARow: {
      daily: forms('{n} Tag in Folge', '{n} Tage in Folge'),
      weekly: forms('{n} Woche in Folge', '{n} Wochen in Folge'),
      monthly: forms('{n} Monat in Folge', '{n} Monate in Folge'),
    },
    more: {
      daily: forms('noch {n} Tag', 'noch {n} Tage'),
      weekly: forms('noch {n} Woche', 'noch {n} Wochen'),
      monthly: forms('noch {n} Monat', 'noch {n} Monate'),
    },
    moreNow: { daily: 'heute noch {n}', weekly: 'diese Woche noch {n}', monthly: 'diesen Monat noch {n}' },
    done: 'geschafft',
    missed: 'verpasst',
    open: 'offen',
    safe: {
      daily: 'Für heute geschafft',
      weekly: 'Diese Woche geschafft',
      monthly: 'Diesen Monat geschafft',
    },
    atRisk: 'Weitermachen bis {date}',
    begin: 'Deine Serie beginnt mit deinem nächsten Einkauf',
    history: 'Deine letzten Einkäufe',
    next: 'Als Nächstes',
    coupons: 'Deine Gutscheine',
    copy: 'Kopieren',
    copied: 'Kopiert',
    used: 'eingelöst',
    until: 'bis {date}',
    loading: 'Wird geladen …',
    failed: 'Deine Serie kann gerade nicht gezeigt werden',
    retry: 'Noch einmal versuchen',
  },
  fr: {
    inARow: {
      daily: forms('{n} jour d’affilée', '{n} jours d’affilée'),
      weekly: forms('{n} semaine d’affilée', '{n} semaines d’affilée'),
      monthly: forms('{n} mois d’affilée', '{n} mois d’affilée'),
    },
    more: {
      daily: forms('encore {n} jour', 'encore {n} jours'),
      weekly: forms('encore {n} semaine', 'encore {n} semaines'),
      monthly: forms('encore {n} mois', 'encore {n} mois'),
    },
    moreNow: {
      daily: 'encore {n} aujourd’hui',
      weekly: 'encore {n} cette semaine',
      monthly: 'encore {n} ce mois-ci',
    },
    done: 'réussi',
    missed: 'manqué',
    open: 'en cours',
    safe: {
      daily: 'C’est fait pour aujourd’hui',
      weekly: 'C’est fait pour cette semaine',
      monthly: 'C’est fait pour ce mois-ci',
    },
    atRisk: 'À continuer avant le {date}',
    begin: 'Votre série commence avec votre prochain achat',
    history: 'Vos derniers achats',
    next: 'Ensuite',
    coupons: 'Vos bons de réduction',
    copy: 'Copier',
    copied: 'Copié',
    used: 'utilisé',
    until: 'jusqu’au {date}',
    loading: 'Chargement …',
    failed: 'Votre série ne peut pas être affichée pour le moment',
    retry: 'Réessayer',
  },
  es: {
    inARow: {
      daily: forms('{n} día seguido', '{n} días seguidos'),
      weekly: forms('{n} semana seguida', '{n} semanas seguidas'),
      monthly: forms('{n} mes seguido', '{n} meses seguidos'),
    },
    more: {
      daily: forms('{n} día más', '{n} días más'),
      weekly: forms('{n} semana más', '{n} semanas más'),
      monthly: forms('{n} mes más', '{n} meses más'),
    },
    moreNow: { daily: '{n} más hoy', weekly: '{n} más esta semana', monthly: '{n} más este mes' },
    done: 'conseguido',
    missed: 'perdido',
    open: 'en curso',
    safe: { daily: 'Conseguido por hoy', weekly: 'Conseguido esta semana', monthly: 'Conseguido este mes' },
    atRisk: 'Continúa antes del {date}',
    begin: 'Tu racha empieza con tu próxima compra',
    history: 'Tus últimas compras',
    next: 'A continuación',
    coupons: 'Tus cupones',
    copy: 'Copiar',
    copied: 'Copiado',
    used: 'usado',
    until: 'hasta el {date}',
    loading: 'Cargando …',
    failed: 'Tu racha no se puede mostrar en este momento',
    retry: 'Reintentar',
  },
  pt: {
    inARow: {
      daily: forms('{n} dia seguido', '{n} dias seguidos'),
      weekly: forms('{n} semana seguida', '{n} semanas seguidas'),
      monthly: forms('{n} mês seguido', '{n} meses seguidos'),
    },
    more: {
      daily: forms('mais {n} dia', 'mais {n} dias'),
      weekly: forms('mais {n} semana', 'mais {n} semanas'),
      monthly: forms('mais {n} mês', 'mais {n} meses'),
    },
    moreNow: { daily: 'mais {n} hoje', weekly: 'mais {n} esta semana', monthly: 'mais {n} este mês' },
    done: 'feito',
    missed: 'perdido',
    open: 'em aberto',
    safe: { daily: 'Feito por hoje', weekly: 'Feito esta semana', monthly: 'Feito este mês' },
    atRisk: 'Continue até {date}',
    begin: 'A sua sequência começa com a próxima compra',
    history: 'As suas últimas compras',
    next: 'A seguir',
    coupons: 'Os seus cupões',
    copy: 'Copiar',
    copied: 'Copiado',
    used: 'usado',
    until: 'até {date}',
    loading: 'A carregar …',
    failed: 'A sua sequência não pode ser mostrada de momento',
    retry: 'Tentar de novo',
  },
  it: {
    inARow: {
      daily: forms('{n} giorno di fila', '{n} giorni di fila'),
      weekly: forms('{n} settimana di fila', '{n} settimane di fila'),
      monthly: forms('{n} mese di fila', '{n} mesi di fila'),
    },
    more: {
      daily: forms('ancora {n} giorno', 'ancora {n} giorni'),
      weekly: forms('ancora {n} settimana', 'ancora {n} settimane'),
      monthly: forms('ancora {n} mese', 'ancora {n} mesi'),
    },
    moreNow: {
      daily: 'ancora {n} oggi',
      weekly: 'ancora {n} questa settimana',
      monthly: 'ancora {n} questo mese',
    },
    done: 'fatto',
    missed: 'mancato',
    open: 'in corso',
    safe: { daily: 'Fatto per oggi', weekly: 'Fatto per questa settimana', monthly: 'Fatto per questo mese' },
    atRisk: 'Continua entro il {date}',
    begin: 'La tua serie inizia con il prossimo acquisto',
    history: 'I tuoi ultimi acquisti',
    next: 'Prossimo traguardo',
    coupons: 'I tuoi coupon',
    copy: 'Copia',
    copied: 'Copiato',
    used: 'usato',
    until: 'fino al {date}',
    loading: 'Caricamento …',
    failed: 'La tua serie non può essere mostrata al momento',
    retry: 'Riprova',
  },
  ja: {
    inARow: {
      daily: forms('{n}日連続', '{n}日連続'),
      weekly: forms('{n}週連続', '{n}週連続'),
      monthly: forms('{n}か月連続', '{n}か月連続'),
    },
    more: {
      daily: forms('あと{n}日', 'あと{n}日'),
      weekly: forms('あと{n}週', 'あと{n}週'),
      monthly: forms('あと{n}か月', 'あと{n}か月'),
    },
    moreNow: { daily: '今日あと{n}', weekly: '今週あと{n}', monthly: '今月あと{n}' },
    done: '達成',
    missed: '未達成',
    open: '受付中',
    safe: { daily: '今日は達成済み', weekly: '今週は達成済み', monthly: '今月は達成済み' },
    atRisk: '{date}までに続けましょう',
    begin: '次のお買い物から連続記録が始まります',
    history: '最近のお買い物',
    next: '次の目標',
    coupons: 'クーポン',
    copy: 'コピー',
    copied: 'コピーしました',
    used: '使用済み',
    until: '{date}まで',
    loading: '読み込み中…',
    failed: '現在、連続記録を表示できません',
    retry: '再試行',
  },
}

/** The first of these that the widget speaks; English where it speaks none. */
export function languageOf(...wanted: readonly (string | null | undefined)[]): string {
  for (const tag of wanted) {
    const language = (tag ?? '').split(/[-_]/, 1)[0]!.toLowerCase()
    if (Object.hasOwn(WORDS, language)) return language
  }
  return 'en'
}

export function counted(forms: Forms, language: string, count: number): string {
  const isOne = new Intl.PluralRules(language).select(count) === 'one'
  return filled(isOne ? forms.one : forms.other, 'n', new Intl.NumberFormat(language).format(count))
}

export function filled(text: string, name: string, value: string): string {
  return text.replace(`{${name}}`, value)
}
