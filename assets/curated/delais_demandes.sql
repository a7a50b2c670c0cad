/* ---
title: Délais de réponse aux usagers
description: Nombre de demandes et délai médian de réponse de chaque service, mois par mois.
theme: relation aux habitants
owner: Direction de la relation aux habitants
grain: une ligne par service et mois de dépôt
profiles: [demo]
synthetic: true
avertissements:
  - >-
    Au-dessous de cinq demandes le nombre et le délai sont masqués (« petit_effectif ») : une demande
    isolée ferait reconnaître une personne.
  - >-
    Les demandes encore en cours n’ont pas de délai : celui des mois récents ne porte que sur les
    réponses les plus rapides.
columns:
  - name: service
    title: Service
    description: Service qui répond.
    example: Voirie et éclairage
    constraints: {required: true}
  - name: mois
    title: Mois de dépôt
    type: date
    description: Premier jour du mois où la demande est arrivée.
    example: "2026-09-01"
    constraints: {required: true}
  - name: petit_effectif
    title: Petit effectif
    type: boolean
    description: Vrai quand il y a moins de cinq demandes, dont le nombre est alors masqué.
    example: "false"
    constraints: {required: true}
  - name: demandes
    title: Demandes
    type: integer
    unit: demandes
    description: Demandes arrivées dans le mois ; vide au-dessous de cinq.
    example: "87"
    constraints: {minimum: 5}
  - name: delai_median_j
    title: Délai médian
    type: number
    unit: jours
    description: Délai médian entre le dépôt et la réponse ; vide au-dessous de cinq réponses.
    example: "11"
    constraints: {minimum: 0}
key: [service, mois]
access: open
retention: {keep: 5 years, reason: "suivre la qualité du service rendu"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with mois_de_service as (
    select
        service,
        date_trunc('month', date_depot)::date as mois,
        count(*) as demandes,
        -- A closing day before the day of arrival is a typing error: the request counts, its delay
        -- does not.
        count(*) filter (where date_cloture >= date_depot) as reponses,
        median(date_cloture - date_depot) filter (where date_cloture >= date_depot) as delai_median_j
    from sources.demandes_usagers
    group by service, date_trunc('month', date_depot)
)
select
    service,
    mois,
    demandes < 5 as petit_effectif,
    case when demandes >= 5 then demandes end as demandes,
    case when reponses >= 5 then delai_median_j end as delai_median_j
from mois_de_service
order by service, mois
