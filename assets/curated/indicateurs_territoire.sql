/* ---
title: Indicateurs du territoire
description: >-
  Quelques chiffres du territoire entier, un par ligne, avec leur unité, leur période et la table dont
  ils viennent ; ils nourrissent la page des élus.
theme: référentiel
owner: Direction générale des services
grain: une ligne par indicateur
profiles: [demo]
synthetic: true
columns:
  - name: code
    title: Indicateur
    description: Nom stable de l’indicateur, unité en dernier.
    example: energie_mwh_hab
    constraints: {required: true, pattern: '^[a-z][a-z0-9_]*$'}
  - name: libelle
    title: Libellé
    description: Nom de l’indicateur, tel qu’un élu le lit.
    example: Électricité livrée par habitant
    constraints: {required: true, maxLength: 60}
  - name: theme
    title: Thème
    description: Thème de la stratégie.
    example: décarbonation
    constraints:
      required: true
      enum: [décarbonation, aménagement, attractivité, relation aux habitants]
  - name: valeur
    title: Valeur
    type: number
    unit: voir la colonne « unite »
    description: Valeur de l’indicateur ; vide quand elle n’est pas connue.
    example: "5.21"
  - name: unite
    title: Unité
    description: Unité de la valeur.
    example: MWh par habitant
    constraints: {required: true}
  - name: periode
    title: Période
    description: Période que la valeur décrit.
    example: "2025"
    constraints: {required: true}
  - name: source_table
    title: Table d’origine
    description: Table dont la valeur est tirée.
    example: curated.electricite_par_habitant
    constraints: {required: true}
  - name: synthetique
    title: Chiffre inventé
    type: boolean
    description: Vrai quand la valeur vient de données inventées pour la démonstration.
    example: "true"
    constraints: {required: true}
key: [code]
expectations:
  - expect_column_values_to_not_be_null:
      column: valeur
      severity: warning
      dimension: completude
      sentence: Tous les indicateurs ont une valeur
disclosure:
  unit: persons
  dimensions: [code]
  public: [libelle, theme, unite, periode, source_table, synthetique]
  uncounted: true
  cells:
    - {count: personnes, hides: [valeur]}
access: open
retention: {keep: 5 years, reason: "comparer les pages d’un mandat"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with derniere_annee as (
    select max(annee) as annee
    from curated.electricite_par_habitant
),
derniers_repas as (
    -- The last twelve months, so that each season counts once.
    select *
    from curated.repas_non_servis
    where mois > (select max(mois) from curated.repas_non_servis) - interval 12 months
)
select
    'population_hab' as code,
    'Population municipale' as libelle,
    'attractivité' as theme,
    sum(population)::double as valeur,
    'habitants' as unite,
    'dernière population légale' as periode,
    'sources.communes' as source_table,
    false as synthetique,
    -- How many persons the figure is about, for the control of small counts alone.
    null::bigint as personnes
from sources.communes
union all
select
    'subventions_eur_hab',
    'Subventions attribuées par habitant',
    'attractivité',
    round(
        sum(montant_eur) / nullif((select sum(population) from sources.communes), 0),
        2
    ),
    'euros par habitant',
    min(year(date_convention)) || '–' || max(year(date_convention)),
    'sources.subventions',
    true,
    null
from sources.subventions
union all
select
    'energie_mwh_hab',
    'Électricité livrée par habitant',
    'décarbonation',
    round(
        sum(energie_mwh) / nullif((select sum(population) from sources.communes), 0),
        2
    ),
    'MWh par habitant',
    any_value(annee)::varchar,
    'curated.electricite_par_habitant',
    true,
    null
from curated.electricite_par_habitant
join derniere_annee using (annee)
union all
select
    'repas_non_servis_pct',
    'Repas scolaires prévus et non servis',
    'décarbonation',
    round(100 * sum(repas_non_servis) / nullif(sum(repas_compares), 0), 1),
    '%',
    strftime(min(mois), '%m/%Y') || '–' || strftime(max(mois), '%m/%Y'),
    'curated.repas_non_servis',
    true,
    null
from derniers_repas
union all
select
    'logements_vacants_pct',
    'Logements vacants',
    'aménagement',
    round(100 * sum(logements_vacants) / nullif(sum(logements), 0), 1),
    '%',
    'dernier recensement par quartier',
    'curated.logements_par_commune',
    false,
    null
from curated.logements_par_commune
union all
select
    'arrets_pour_1000_hab',
    'Arrêts de transport pour 1 000 habitants',
    'aménagement',
    round(1000 * sum(arrets) / nullif(sum(population), 0), 1),
    'arrêts pour 1 000 habitants',
    'dernière version publiée',
    'curated.desserte_par_iris',
    true,
    null
from curated.desserte_par_iris
union all
select
    'arrets_accessibles_pct',
    'Arrêts accessibles en fauteuil, parmi ceux que l’on connaît',
    'aménagement',
    round(100 * sum(arrets_accessibles) / nullif(sum(arrets_accessibilite_connue), 0), 1),
    '%',
    'dernière version publiée',
    'curated.desserte_par_iris',
    true,
    null
from curated.desserte_par_iris
union all
select
    'bacs_debordement_pct',
    'Temps de débordement des bacs',
    'aménagement',
    round(100 * sum(mesures_debordement) / nullif(sum(mesures), 0), 1),
    '%',
    strftime(min(jour), '%d/%m/%Y') || '–' || strftime(max(jour), '%d/%m/%Y'),
    'curated.remplissage_bacs',
    true,
    null
from curated.remplissage_bacs
union all
select
    'delai_demandes_j',
    'Délai médian de réponse aux usagers',
    'relation aux habitants',
    median(date_cloture - date_depot) filter (where date_cloture >= date_depot),
    'jours',
    strftime(min(date_depot), '%m/%Y') || '–' || strftime(max(date_depot), '%m/%Y'),
    'sources.demandes_usagers',
    true,
    count(distinct (nom, prenom, coalesce(courriel, telephone, adresse)))
from sources.demandes_usagers
