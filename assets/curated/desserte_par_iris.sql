/* ---
title: Desserte par quartier
description: Arrêts de transport public de chaque quartier IRIS, rapportés aux habitants, et leur accessibilité.
theme: aménagement
owner: Direction des mobilités
grain: une ligne par IRIS
profiles: [demo]
synthetic: true
avertissements:
  - >-
    Au-dessous de cent habitants le rapport n’est pas calculé : un seul arrêt y donnerait une valeur
    sans signification.
  - La part accessible ne porte que sur les arrêts dont l’accessibilité est connue.
columns:
  - name: code_iris
    title: Quartier IRIS
    description: Code de l’IRIS.
    example: "{seat}0101"
    constraints: {required: true, in: sources.iris.code_iris}
  - name: code_commune
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: population
    title: Population
    type: integer
    unit: habitants
    description: Habitants de l’IRIS au recensement de {population_year}.
    example: "2208"
    constraints: {required: true, minimum: 0}
  - name: arrets
    title: Arrêts
    type: integer
    unit: arrêts
    description: Arrêts situés dans l’IRIS, sans les stations qui les regroupent.
    example: "9"
    constraints: {required: true, minimum: 0}
  - name: arrets_accessibilite_connue
    title: Arrêts d’accessibilité connue
    type: integer
    unit: arrêts
    description: Arrêts dont on sait s’ils sont accessibles en fauteuil.
    example: "7"
    constraints: {required: true, minimum: 0}
  - name: arrets_accessibles
    title: Arrêts accessibles
    type: integer
    unit: arrêts
    description: Arrêts accessibles en fauteuil.
    example: "4"
    constraints: {required: true, minimum: 0}
  - name: arrets_pour_1000_hab
    title: Arrêts pour 1 000 habitants
    type: number
    unit: arrêts pour 1 000 habitants
    description: Arrêts rapportés aux habitants ; vide au-dessous de cent habitants.
    example: "4.08"
    constraints: {minimum: 0}
  - name: part_accessibles_pct
    title: Part des arrêts accessibles
    type: number
    unit: "%"
    description: Arrêts accessibles rapportés aux arrêts d’accessibilité connue.
    example: "57.14"
    constraints: {minimum: 0, maximum: 100}
key: [code_iris]
expectations:
  - expect_column_sum_to_equal_reference:
      column: population
      reference: sources.iris.population
      tolerance: 0
      sentence: Le total des habitants est celui des IRIS
access: open
retention: {keep: 5 years, reason: "suivi de la mise en accessibilité du réseau"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with arrets as (
    select
        code_iris,
        count(*) as arrets,
        count(*) filter (where accessibilite in ('1', '2')) as arrets_accessibilite_connue,
        count(*) filter (where accessibilite = '1') as arrets_accessibles
    from sources.arrets_transport
    where type_arret = '0'
    group by code_iris
)
select
    code_iris,
    iris.code_commune,
    iris.population,
    coalesce(arrets.arrets, 0) as arrets,
    coalesce(arrets.arrets_accessibilite_connue, 0) as arrets_accessibilite_connue,
    coalesce(arrets.arrets_accessibles, 0) as arrets_accessibles,
    case
        when iris.population >= 100
        then round(1000 * coalesce(arrets.arrets, 0) / iris.population, 2)
    end as arrets_pour_1000_hab,
    round(
        100 * arrets.arrets_accessibles / nullif(arrets.arrets_accessibilite_connue, 0),
        2
    ) as part_accessibles_pct
from sources.iris as iris
left join arrets using (code_iris)
order by code_iris
