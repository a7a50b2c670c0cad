/* ---
title: Remplissage des bacs par jour
description: Taux de remplissage moyen et débordements des points d’apport volontaire, par commune et par jour.
theme: aménagement
owner: Direction des déchets
grain: une ligne par commune et jour (temps universel)
profiles: [demo]
synthetic: true
avertissements:
  - >-
    Un capteur figé répète la même mesure tout le jour ; ses mesures restent dans les moyennes et
    « capteurs_figes » le signale.
columns:
  - name: code_commune
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: jour
    title: Jour
    type: date
    description: Jour de la mesure, en temps universel.
    example: "2026-10-31"
    constraints: {required: true}
  - name: capteurs
    title: Capteurs
    type: integer
    unit: capteurs
    description: Capteurs qui ont envoyé au moins une mesure.
    example: "53"
    constraints: {required: true, minimum: 1}
  - name: capteurs_figes
    title: Capteurs figés
    type: integer
    unit: capteurs
    description: >-
      Capteurs dont toutes les mesures du jour sont égales, sur une demi-journée au moins ; un bac
      plein tout le jour n’en est pas un.
    example: "1"
    constraints: {required: true, minimum: 0}
  - name: mesures
    title: Mesures
    type: integer
    unit: mesures
    description: Mesures publiées.
    example: "5088"
    constraints: {required: true, minimum: 1}
  - name: taux_moyen_pct
    title: Remplissage moyen
    type: number
    unit: "%"
    description: Moyenne des mesures du jour.
    example: "42.5"
    constraints: {required: true, minimum: 0, maximum: 100}
  - name: taux_max_pct
    title: Remplissage maximal
    type: integer
    unit: "%"
    description: Plus forte mesure du jour.
    example: "100"
    constraints: {required: true, minimum: 0, maximum: 100}
  - name: mesures_debordement
    title: Mesures en débordement
    type: integer
    unit: mesures
    description: Mesures d’au moins 90 %.
    example: "210"
    constraints: {required: true, minimum: 0}
  - name: part_debordement_pct
    title: Part du temps en débordement
    type: number
    unit: "%"
    description: Mesures d’au moins 90 %, rapportées à toutes les mesures.
    example: "4.13"
    constraints: {required: true, minimum: 0, maximum: 100}
  - name: temperature_max_c
    title: Température maximale
    type: number
    unit: °C
    description: Plus forte température mesurée.
    example: "21.4"
  - name: batterie_min_pct
    title: Batterie la plus faible
    type: integer
    unit: "%"
    description: Plus faible charge parmi les capteurs, pour prévoir les remplacements.
    example: "38"
key: [code_commune, jour]
access: open
retention: {keep: 3 years, reason: "ajuster les tournées d’une saison à l’autre"}
budget: {stored_mb: 4, cpu_s: 10}
--- */
with journees as (
    select
        capteur,
        code_commune,
        horodatage::date as jour,
        count(*) as mesures,
        sum(taux_remplissage_pct) as somme_pct,
        min(taux_remplissage_pct) as taux_min_pct,
        max(taux_remplissage_pct) as taux_max_pct,
        count(*) filter (where taux_remplissage_pct >= 90) as mesures_debordement,
        max(temperature_c) as temperature_max_c,
        min(batterie_pct) as batterie_min_pct
    from sources.bacs_remplissage
    group by capteur, code_commune, horodatage::date
)
select
    code_commune,
    jour,
    count(*) as capteurs,
    count(*) filter (
        where mesures >= 48
        and taux_min_pct = taux_max_pct
        and taux_max_pct < 100
    ) as capteurs_figes,
    sum(mesures) as mesures,
    round(sum(somme_pct) / sum(mesures), 2) as taux_moyen_pct,
    max(taux_max_pct) as taux_max_pct,
    sum(mesures_debordement) as mesures_debordement,
    round(100 * sum(mesures_debordement) / sum(mesures), 2) as part_debordement_pct,
    max(temperature_max_c) as temperature_max_c,
    min(batterie_min_pct) as batterie_min_pct
from journees
group by code_commune, jour
order by code_commune, jour
