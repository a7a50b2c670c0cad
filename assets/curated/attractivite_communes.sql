/* ---
title: Attractivité des communes
description: Habitants, logements et subventions attribuées par chaque commune, côte à côte.
theme: attractivité
owner: Direction générale des services
grain: une ligne par commune
profiles: [demo]
synthetic: true
avertissements:
  - Les subventions de l’intercommunalité elle-même n’appartiennent à aucune commune et n’y sont pas.
  - >-
    Population et logements sont ceux de l’Insee et de deux millésimes différents ; seules les
    subventions sont inventées.
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
  - name: population
    title: Population municipale
    type: integer
    unit: habitants
    description: Population municipale (Insee).
    example: "1344"
    constraints: {required: true, minimum: 0}
  - name: logements
    title: Logements
    type: integer
    unit: logements
    description: Ensemble des logements au recensement de {population_year}.
    example: "1637"
    constraints: {minimum: 0}
  - name: part_vacants_pct
    title: Part des logements vacants
    type: number
    unit: "%"
    description: Logements vacants rapportés à l’ensemble des logements.
    example: "6.66"
    constraints: {minimum: 0, maximum: 100}
  - name: subventions
    title: Subventions
    type: integer
    unit: conventions
    description: Conventions de subvention signées par la commune.
    example: "12"
    constraints: {required: true, minimum: 0}
  - name: subventions_eur
    title: Montant des subventions
    type: number
    unit: euros
    description: Montant des conventions signées par la commune, toutes années de la source.
    example: "48200.5"
    constraints: {required: true, minimum: 0}
  - name: subventions_eur_hab
    title: Subventions par habitant
    type: number
    unit: euros par habitant
    description: Montant des subventions, rapporté à la population municipale.
    example: "35.86"
    constraints: {minimum: 0}
key: [code_commune]
expectations:
  - expect_column_sum_to_equal_reference:
      column: population
      reference: sources.communes.population
      tolerance: 0
      sentence: Le total des habitants est celui des communes
  - expect_column_sum_to_equal_reference:
      column: subventions_eur
      reference: sources.subventions.montant_eur
      where: left(id_attribuant, 9) <> '{epci}'
      tolerance: 0.01
      sentence: Le total des subventions est celui des conventions signées par des communes
access: open
retention: {keep: 10 years, reason: "comparaison d’un mandat à l’autre"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with attributions as (
    select
        left(id_attribuant, 9) as siren,
        count(*) as subventions,
        round(sum(montant_eur), 2) as subventions_eur
    from sources.subventions
    group by left(id_attribuant, 9)
)
select
    code_commune,
    communes.nom as commune,
    communes.population,
    logements.logements,
    logements.part_vacants_pct,
    coalesce(attributions.subventions, 0) as subventions,
    coalesce(attributions.subventions_eur, 0) as subventions_eur,
    round(
        coalesce(attributions.subventions_eur, 0) / nullif(communes.population, 0),
        2
    ) as subventions_eur_hab
from sources.communes as communes
left join curated.logements_par_commune as logements using (code_commune)
left join attributions using (siren)
order by code_commune
