/* ---
title: Logements et vacance par commune
description: Logements de chaque commune selon leur usage, et part des logements vacants.
theme: aménagement
owner: Direction de l’aménagement
grain: une ligne par commune
avertissements:
  - Sommes des IRIS, eux-mêmes arrondis ; un total peut différer de quelques unités de ses parties.
columns:
  - name: code_commune
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: commune
    title: Nom
    description: Nom de la commune.
    example: "{name}"
    constraints: {required: true}
  - name: logements
    title: Logements
    type: integer
    unit: logements
    description: Ensemble des logements au recensement de {population_year}.
    example: "1637"
    constraints: {required: true, minimum: 0}
  - name: residences_principales
    title: Résidences principales
    type: integer
    unit: logements
    description: Logements occupés à titre principal.
    example: "1473"
    constraints: {required: true, minimum: 0}
  - name: residences_secondaires
    title: Résidences secondaires
    type: integer
    unit: logements
    description: Résidences secondaires et logements occasionnels.
    example: "55"
    constraints: {required: true, minimum: 0}
  - name: logements_vacants
    title: Logements vacants
    type: integer
    unit: logements
    description: Logements inoccupés.
    example: "109"
    constraints: {required: true, minimum: 0}
  - name: maisons
    title: Maisons
    type: integer
    unit: logements
    description: Logements qui sont des maisons.
    example: "198"
    constraints: {required: true, minimum: 0}
  - name: appartements
    title: Appartements
    type: integer
    unit: logements
    description: Logements qui sont des appartements.
    example: "1423"
    constraints: {required: true, minimum: 0}
  - name: part_vacants_pct
    title: Part des logements vacants
    type: number
    unit: "%"
    description: Logements vacants rapportés à l’ensemble des logements.
    example: "6.66"
    constraints: {minimum: 0, maximum: 100}
key: [code_commune]
expectations:
  - expect_column_sum_to_equal_reference:
      column: logements
      reference: sources.iris.logements
      tolerance: 0
      sentence: Le total des logements est celui des IRIS
  - expect_column_sum_to_equal_reference:
      column: logements_vacants
      reference: sources.iris.logements_vacants
      tolerance: 0
      sentence: Le total des logements vacants est celui des IRIS
disclosure:
  unit: households
  already_public:
    by: Insee
    reason: effectifs du recensement diffusés à l’IRIS, dont ceux de la commune sont la somme
access: open
retention: {keep: 10 years, reason: "comparaison entre recensements"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
select
    code_commune,
    nom as commune,
    sum(logements) as logements,
    sum(residences_principales) as residences_principales,
    sum(residences_secondaires) as residences_secondaires,
    sum(iris.logements_vacants) as logements_vacants,
    sum(maisons) as maisons,
    sum(appartements) as appartements,
    round(100 * sum(iris.logements_vacants) / nullif(sum(logements), 0), 2) as part_vacants_pct
from sources.iris as iris
join sources.communes using (code_commune)
group by code_commune, nom
order by code_commune
