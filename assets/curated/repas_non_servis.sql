/* ---
title: Repas prévus et non servis
description: Repas commandés et non servis dans chaque restaurant scolaire, mois par mois.
theme: décarbonation
owner: Direction de l’éducation
grain: une ligne par restaurant et mois
profiles: [demo]
synthetic: true
avertissements:
  - >-
    L’écart ne se calcule que les jours où le prévu et le servi sont tous deux renseignés ; il ne se
    déduit donc pas des deux totaux.
columns:
  - name: site
    title: Restaurant
    description: Identifiant du restaurant scolaire.
    example: "CANT-{seat}-001"
    constraints: {required: true}
  - name: nom_site
    title: Nom du restaurant
    description: Nom d’usage du restaurant scolaire.
    example: Restaurant scolaire Les Tilleuls
    constraints: {required: true}
  - name: code_commune
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: mois
    title: Mois
    type: date
    description: Premier jour du mois.
    example: "2026-09-01"
    constraints: {required: true}
  - name: jours
    title: Jours de service
    type: integer
    unit: jours
    description: Jours d’école présents dans la source.
    example: "16"
    constraints: {required: true, minimum: 1, maximum: 31}
  - name: jours_incomplets
    title: Jours incomplets
    type: integer
    unit: jours
    description: Jours où le prévu ou le servi manque.
    example: "1"
    constraints: {required: true, minimum: 0}
  - name: jours_incoherents
    title: Jours incohérents
    type: integer
    unit: jours
    description: Jours où l’on a servi plus de trois fois le prévu, sans doute une erreur de saisie.
    example: "0"
    constraints: {required: true, minimum: 0}
  - name: repas_prevus
    title: Repas prévus
    type: integer
    unit: repas
    description: Repas commandés, tous jours renseignés.
    example: "3808"
    constraints: {minimum: 0}
  - name: repas_servis
    title: Repas servis
    type: integer
    unit: repas
    description: Repas servis, tous jours renseignés.
    example: "3590"
    constraints: {minimum: 0}
  - name: repas_compares
    title: Repas prévus des jours complets
    type: integer
    unit: repas
    description: Repas commandés les jours où le servi est connu lui aussi ; dénominateur du taux.
    example: "3570"
    constraints: {minimum: 0}
  - name: repas_non_servis
    title: Repas non servis
    type: integer
    unit: repas
    description: Repas commandés et non servis, additionnés jour par jour sur les jours complets.
    example: "218"
    constraints: {minimum: 0}
  - name: taux_non_servi_pct
    title: Part non servie
    type: number
    unit: "%"
    description: Repas non servis rapportés aux repas prévus des jours complets.
    example: "6.11"
    constraints: {minimum: 0, maximum: 100}
key: [site, mois]
expectations:
  - expect_column_values_to_be_between:
      column: jours_incoherents
      max_value: 0
      severity: warning
      sentence: Aucun jour où l’on a servi plus de trois fois le prévu
  - expect_column_sum_to_equal_reference:
      column: repas_prevus
      reference: sources.cantines.repas_prevus
      tolerance: 0
      sentence: Le total des repas prévus est celui de la source
  - expect_column_sum_to_equal_reference:
      column: repas_servis
      reference: sources.cantines.repas_servis
      tolerance: 0
      sentence: Le total des repas servis est celui de la source
access: open
retention: {keep: 5 years, reason: "suivi du gaspillage alimentaire (loi EGalim)"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with jours as (
    select
        *,
        repas_prevus is not null and repas_servis is not null as complet
    from sources.cantines
)
select
    site,
    any_value(nom_site) as nom_site,
    any_value(code_commune) as code_commune,
    date_trunc('month', jour)::date as mois,
    count(*) as jours,
    count(*) filter (where not complet) as jours_incomplets,
    count(*) filter (where repas_servis > 3 * repas_prevus) as jours_incoherents,
    sum(repas_prevus) as repas_prevus,
    sum(repas_servis) as repas_servis,
    sum(repas_prevus) filter (where complet) as repas_compares,
    sum(greatest(repas_prevus - repas_servis, 0)) filter (where complet) as repas_non_servis,
    round(
        100 * sum(greatest(repas_prevus - repas_servis, 0)) filter (where complet)
        / nullif(sum(repas_prevus) filter (where complet), 0),
        2
    ) as taux_non_servi_pct
from jours
group by site, date_trunc('month', jour)
order by site, mois
