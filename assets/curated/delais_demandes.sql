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
    Au-dessous de cinq personnes le nombre et le délai sont masqués (« petit_effectif ») : une demande
    isolée ferait reconnaître quelqu’un. D’autres cellules le sont aussi, sans quoi une soustraction
    les rendrait.
  - >-
    Le premier et le dernier mois connus, incomplets, n’y sont pas : d’un jour à l’autre, leur écart
    dirait les demandes d’une journée.
  - >-
    Les demandes encore en cours n’ont pas de délai : celui des mois récents ne porte que sur les
    réponses les plus rapides.
columns:
  - name: service
    lowered: &cellule {by: aggregation, reason: un service et un mois comptent des personnes}
    title: Service
    description: Service qui répond.
    example: Voirie et éclairage
    constraints: {required: true}
  - name: mois
    lowered: *cellule
    title: Mois de dépôt
    type: date
    description: Premier jour du mois où la demande est arrivée.
    example: "2026-09-01"
    constraints: {required: true}
  - name: petit_effectif
    title: Petit effectif
    type: boolean
    description: Vrai quand le nombre de demandes est masqué, pour lui-même ou pour en protéger un autre.
    example: "false"
    constraints: {required: true}
  - name: demandes
    lowered: *cellule
    title: Demandes
    type: integer
    unit: demandes
    description: Demandes arrivées dans le mois (vide quand elles sont masquées).
    example: "87"
    constraints: {minimum: 5}
  - name: delai_median_j
    lowered: *cellule
    title: Délai médian
    type: number
    unit: jours
    description: >-
      Délai médian entre le dépôt et la réponse ; vide au-dessous de cinq personnes qui ont reçu la
      leur.
    example: "11"
    constraints: {minimum: 0}
key: [service, mois]
disclosure:
  unit: persons
  dimensions: [service, mois]
  margins: [[service], [mois]]
  cells:
    - {count: personnes, sums: {demandes: null}, marker: petit_effectif}
    - {count: personnes_repondues, hides: [delai_median_j]}
access: open
retention: {keep: 5 years, reason: "suivre la qualité du service rendu"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with demandes as (
    select
        service,
        date_trunc('month', date_depot)::date as mois,
        -- Who asked, for the control of small counts alone: one person may ask five times.
        (nom, prenom, coalesce(courriel, telephone, adresse)) as personne,
        date_cloture - date_depot as delai_j
    from sources.demandes_usagers
),
bornes as (
    select
        min(mois) as premier_mois,
        max(mois) as dernier_mois
    from demandes
)
select
    service,
    mois,
    count(*) as demandes,
    -- A closing day before the day of arrival is a typing error: the request counts, its delay
    -- does not.
    median(delai_j) filter (where delai_j >= 0) as delai_median_j,
    count(distinct personne) as personnes,
    count(distinct personne) filter (where delai_j >= 0) as personnes_repondues
from demandes, bornes
where mois > premier_mois and mois < dernier_mois
group by service, mois
order by service, mois
